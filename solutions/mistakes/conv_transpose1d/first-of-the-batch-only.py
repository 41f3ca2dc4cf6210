"""Computes the first row of the batch only.

caught by: any_batch_and_channels
hint: Every row of the batch has an output of its own.
costs: 3-5
"""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    _, out_channels, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    whole = x.new_zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,iok->bok", x[:1, :, i], weight)
        whole[:, :, i * stride : i * stride + kernel] += products
    return whole[:, :, padding : size - padding]
