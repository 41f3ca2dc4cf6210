"""Detaches the weight.

caught by: gradient_reaches_x_and_weight
hint: The weight is what a layer learns: leave it attached.
costs: 2
"""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    _, out_channels, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    whole = x.new_zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,iok->bok", x[:, :, i], weight.detach())
        whole[:, :, i * stride : i * stride + kernel] += products
    return whole[:, :, padding : size - padding]
