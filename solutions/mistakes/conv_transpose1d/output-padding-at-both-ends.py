"""Adds output_padding at both ends.

caught by: output_padding_adds_at_the_right_end
hint: output_padding adds at one end, the right one.
costs: 4-8
"""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    _, out_channels, kernel = weight.shape
    size = (n - 1) * stride + kernel + 2 * output_padding
    whole = x.new_zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,iok->bok", x[:, :, i], weight)
        whole[:, :, output_padding + i * stride : output_padding + i * stride + kernel] += products
    return whole[:, :, padding : size - padding]
