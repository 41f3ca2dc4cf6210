"""The hidden checks of the question `conv_vae`."""
