"""Scales the row that was given.

caught by: inputs_are_unchanged
hint: Leave the inputs as they are: compute with a copy.
costs: 1-3
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
    with torch.no_grad():
        x.mul_(1.5)
    return whole[:, :, padding : size - padding]
