"""Builds the transposed matrix of the convolution, and multiplies."""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    _, inputs, n = x.shape
    _, outputs, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    matrix = torch.zeros(inputs, outputs, n, size, dtype=weight.dtype)
    for i in range(n):
        matrix[:, :, i, i * stride : i * stride + kernel] = weight
    whole = torch.einsum("bin,ions->bos", x, matrix)
    return whole.narrow(2, padding, size - 2 * padding)
