"""Steps alpha by a tenth, whatever steps says.

caught by: gives_steps_images
hint: The spacing is 1 / (steps − 1): linspace(0, 1, steps).
costs: 7-13
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        frames = [
            model.decode((1 - alpha) * mu1 + alpha * mu2) for alpha in torch.arange(0, 1.0, 0.1)
        ]
    model.train(was_training)
    return torch.cat(frames)
