"""As the gradient of a convolution, by torch.func.vjp."""

import torch
from torch.nn import functional as F


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    out_channels, kernel = weight.shape[1:]
    full = (n - 1) * stride + kernel
    zeros = torch.zeros(batch, out_channels, full, dtype=x.dtype)
    _, backward = torch.func.vjp(lambda y: F.conv1d(y, weight, stride=stride), zeros)
    (whole,) = backward(x)
    whole = F.pad(whole, (0, output_padding))
    return whole[:, :, padding : whole.shape[2] - padding]
