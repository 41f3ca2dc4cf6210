"""Takes the mean as a constant.

caught by: gradient_ignores_shift_and_scale
hint: The mean depends on x, so it has a gradient, too: no detach here.
costs: 2-3
"""


def standardize(x, eps=1e-5):
    mean = x.mean(dim=0).detach()
    variance = ((x - mean) ** 2).mean(dim=0)
    return (x - mean) / (variance + eps).sqrt()
