"""Puts zeros between the numbers, and convolves with the flipped kernel."""

from torch.nn import functional as F


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, inputs, n = x.shape
    kernel = weight.shape[2]
    spread = x.new_zeros(batch, inputs, (n - 1) * stride + 1)
    spread[:, :, ::stride] = x
    whole = F.conv1d(spread, weight.transpose(0, 1).flip(2), padding=kernel - 1)
    whole = F.pad(whole, (0, output_padding))
    return whole[:, :, padding : whole.shape[2] - padding]
