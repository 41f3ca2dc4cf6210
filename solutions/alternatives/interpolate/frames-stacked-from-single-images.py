"""Decodes one by one, takes the image out and stacks."""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model = model.eval()
    with torch.no_grad():
        a = model.encode(x1.unsqueeze(0))[0].squeeze(0)
        b = model.encode(x2.unsqueeze(0))[0].squeeze(0)
        frames = torch.stack(
            [model.decode((a + (b - a) * k / (steps - 1)).unsqueeze(0))[0] for k in range(steps)]
        )
    model.train(was_training)
    return frames
