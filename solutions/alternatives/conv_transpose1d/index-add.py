"""Adds all products at once with index_add."""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    outputs, kernel = weight.shape[1:]
    size = (n - 1) * stride + kernel + output_padding
    products = torch.einsum("bin,iok->bonk", x, weight).flatten(2)
    places = (torch.arange(n)[:, None] * stride + torch.arange(kernel)).flatten()
    whole = torch.zeros(batch, outputs, size, dtype=x.dtype).index_add(2, places, products)
    return whole[..., padding : size - padding]
