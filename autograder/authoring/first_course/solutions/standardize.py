"""Mean and variance over the examples."""


def standardize(x, eps=1e-5):
    mean = x.mean(dim=0)
    variance = ((x - mean) ** 2).mean(dim=0)
    return (x - mean) / (variance + eps).sqrt()
