"""Puts the kernel the wrong way round.

caught by: kernels_add_up
hint: The kernel stands as it is: its first number goes to the first place.
costs: 6-8
"""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    _, out_channels, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    whole = x.new_zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,iok->bok", x[:, :, i], weight.flip(2))
        whole[:, :, i * stride : i * stride + kernel] += products
    return whole[:, :, padding : size - padding]
