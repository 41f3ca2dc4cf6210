"""Cuts off less than a kernel.

caught by: any_ends_are_cut_and_added
hint: Padding cuts that many numbers off each end, however short the kernel is.
costs: 4-8
"""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    _, out_channels, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    whole = x.new_zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,iok->bok", x[:, :, i], weight)
        whole[:, :, i * stride : i * stride + kernel] += products
    padding = min(padding, kernel - 1)
    return whole[:, :, padding : size - padding]
