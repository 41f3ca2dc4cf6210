"""Leaves no gap between kernels that are shorter than the stride.

caught by: any_kernels_add_up
hint: The kernel of number i starts at place i · stride, even where that leaves a gap.
costs: 6-10
"""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    _, out_channels, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    whole = x.new_zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,iok->bok", x[:, :, i], weight)
        whole[:, :, i * min(stride, kernel) : i * min(stride, kernel) + kernel] += products
    return whole[:, :, padding : size - padding]
