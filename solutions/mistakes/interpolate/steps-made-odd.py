"""Makes the number of steps odd, to have a middle frame.

caught by: gives_steps_images
hint: steps may be even: linspace(0, 1, steps).
costs: 4-8
"""

import torch


def interpolate(model, x1, x2, steps=10):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        mu1, _ = model.encode(x1.unsqueeze(0))
        mu2, _ = model.encode(x2.unsqueeze(0))
        n = steps if steps % 2 == 1 else steps + 1
        alpha = torch.linspace(0, 1, n).view(-1, 1)
        z = (1 - alpha) * mu1 + alpha * mu2
        frames = model.decode(z)
    model.train(was_training)
    return frames
