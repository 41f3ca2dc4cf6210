"""The line as a matrix product: (steps, 2) times (2, latent_dim)."""

import torch


@torch.inference_mode()
def encode_mean(model, x):
    return model.encode(x)[0]


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        ends = encode_mean(model, torch.stack([x1, x2])).clone()
        right = torch.linspace(0, 1, steps, dtype=ends.dtype)
        weights = torch.stack([1 - right, right], dim=1)
        frames = model.decode(weights @ ends)
    model.train(was_training)
    return frames
