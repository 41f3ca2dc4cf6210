"""By torch's own layer."""

import torch


def standardize(x, eps=1e-5):
    return torch.nn.BatchNorm1d(x.shape[1], eps=eps, affine=False)(x)
