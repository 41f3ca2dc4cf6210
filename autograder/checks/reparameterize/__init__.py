"""The hidden checks of the question `reparameterize`."""
