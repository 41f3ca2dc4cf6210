"""Takes the first dimension of weight for the output channels.

caught by: channels_have_kernels_of_their_own
hint: weight is (in_channels, out_channels, kernel), other than that of a Conv1d.
costs: 3-6
"""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, _, n = x.shape
    out_channels, _, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    whole = x.new_zeros(batch, out_channels, size)
    for i in range(n):
        products = torch.einsum("bi,oik->bok", x[:, :, i], weight)
        whole[:, :, i * stride : i * stride + kernel] += products
    return whole[:, :, padding : size - padding]
