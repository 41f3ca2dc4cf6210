"""Gives every output channel the kernel of the first.

caught by: channels_have_kernels_of_their_own
hint: Each output channel has a kernel of its own: weight[i, o].
costs: 3-5
"""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    _, out_channels, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    whole = x.new_zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,iok->bok", x[:, :, i], weight[:, :1].expand_as(weight))
        whole[:, :, i * stride : i * stride + kernel] += products
    return whole[:, :, padding : size - padding]
