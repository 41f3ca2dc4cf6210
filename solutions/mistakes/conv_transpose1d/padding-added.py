"""Adds zeros where it should cut.

caught by: padding_cuts_both_ends
hint: Padding makes the output of a transposed convolution smaller: it cuts.
costs: 4-8
"""

import torch
from torch.nn import functional as F


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    _, out_channels, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    whole = x.new_zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,iok->bok", x[:, :, i], weight)
        whole[:, :, i * stride : i * stride + kernel] += products
    return F.pad(whole, (padding, padding))
