"""Refuses an output_padding of the stride or more, as PyTorch does.

caught by: output_padding_may_be_large
hint: output_padding may be any number: add them all.
costs: 14-20
"""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    if output_padding >= stride:
        raise ValueError("output_padding must be smaller than stride")
    batch, _, n = x.shape
    _, out_channels, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    whole = x.new_zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,iok->bok", x[:, :, i], weight)
        whole[:, :, i * stride : i * stride + kernel] += products
    return whole[:, :, padding : size - padding]
