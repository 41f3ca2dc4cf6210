"""Uses the notebook’s vae instead of the argument.

caught by: decodes_the_straight_line
hint: Use the model that is passed in.
costs: 5-9
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = vae.encode(x1.unsqueeze(0))
        mu2, _ = vae.encode(x2.unsqueeze(0))
        alpha = torch.linspace(0, 1, steps).view(-1, 1)
        z = (1 - alpha) * mu1 + alpha * mu2
        frames = vae.decode(z)
    model.train(was_training)
    return frames
