"""Adds each number's weighted kernels at their place, then cuts both ends."""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    """A transposed convolution of rows of numbers, without a bias.

    Do not call PyTorch's own transposed convolutions. They refuse some of the settings that are
    allowed here.

    Args:
        x: The input, `(batch, in_channels, n)`.
        weight: The kernels, `(in_channels, out_channels, kernel)`. `weight[i, o]` is the one from
            input channel `i` to output channel `o`.
        stride: How far the kernels of two neighbouring numbers are apart, ≥ 1.
        padding: How many numbers are cut off each end, ≥ 0.
        output_padding: How many numbers are added at the right end before that cut, ≥ 0. It may
            be as large as the stride, or larger.

    Returns:
        The output, `(batch, out_channels, size)`, with the size of the formula above and the dtype
        of `x`. Gradients reach `x` and `weight`, and both are left as they were.
    """
    batch, _, n = x.shape
    _, out_channels, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    whole = x.new_zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,iok->bok", x[:, :, i], weight)
        whole[:, :, i * stride : i * stride + kernel] += products
    return whole[:, :, padding : size - padding]
