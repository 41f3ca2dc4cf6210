"""Decode equally spaced points on the straight line between the two means."""

import torch


def interpolate(model, x1, x2, steps=10):
    """Walk from one picture to another through the latent space.

    `x1`, `x2` one image each, `(1, 28, 28)`. `steps` ≥ 2. Returns `(steps, 1, 28, 28)`: the
    decoder's images at `steps` equally spaced points, both ends included, on the straight line
    from the mean of `x1` to the mean of `x2`. Deterministic; eval mode; no gradient; the model's
    mode is left as it was found.

    Args:
        model: A VAE with `encode(x) -> (mu, logvar)` and `decode(z) -> images`, like ConvVAE.
        x1: The picture to start from.
        x2: The picture to arrive at.
        steps: How many images, the two ends among them.
    """
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu, _ = model.encode(torch.stack([x1, x2]))
        alpha = torch.linspace(0, 1, steps).to(mu).unsqueeze(1)
        frames = model.decode((1 - alpha) * mu[0] + alpha * mu[1])
    model.train(was_training)
    return frames
