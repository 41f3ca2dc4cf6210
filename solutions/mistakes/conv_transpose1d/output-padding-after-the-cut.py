"""Cuts first and adds zeros then.

caught by: output_padding_adds_at_the_right_end
hint: Add output_padding first, then cut: it takes back a part of the cut.
costs: 4-6
"""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    _, out_channels, kernel = weight.shape
    size = (n - 1) * stride + kernel
    whole = x.new_zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,iok->bok", x[:, :, i], weight)
        whole[:, :, i * stride : i * stride + kernel] += products
    cut = whole[:, :, padding : size - padding]
    return torch.cat([cut, cut.new_zeros(batch, out_channels, output_padding)], dim=2)
