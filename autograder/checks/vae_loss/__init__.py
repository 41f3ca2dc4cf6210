"""The hidden checks of the question `vae_loss`."""
