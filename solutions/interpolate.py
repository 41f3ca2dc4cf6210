"""Decode equally spaced points on the straight line between the two means."""

import torch


def interpolate(model, x1, x2, steps=10):
    """Walk from the mean of x1 to the mean of x2 and decode every step.

    Deterministic; in eval mode; without gradient; the model's mode is left as it was found.

    Args:
        model: A VAE with encode(x) -> (mu, logvar) and decode(z) -> images.
        x1: First image, shape (1, 28, 28).
        x2: Last image, shape (1, 28, 28).
        steps: Number of images, ≥ 2, both ends included.

    Returns:
        The decoder's images at equally spaced points, shape (steps, 1, 28, 28).
    """
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu, _ = model.encode(torch.stack([x1, x2]))
        alpha = torch.linspace(0, 1, steps).to(mu).unsqueeze(1)
        frames = model.decode((1 - alpha) * mu[0] + alpha * mu[1])
    model.train(was_training)
    return frames
