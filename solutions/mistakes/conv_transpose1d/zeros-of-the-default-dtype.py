"""Adds up in float32, whatever x is.

caught by: dtype_is_kept
hint: Make the zeros with the dtype of x: x.new_zeros(…).
costs: 1
"""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    _, out_channels, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    whole = torch.zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,iok->bok", x[:, :, i], weight)
        whole[:, :, i * stride : i * stride + kernel] += products.float()
    return whole[:, :, padding : size - padding]
