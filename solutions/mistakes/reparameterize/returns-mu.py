"""Returns the mean and never samples.

caught by: varies_between_calls
hint: A VAE draws z; without σ · eps it is an autoencoder.
costs: 12-18
"""


def reparameterize(mu, logvar):
    return mu
