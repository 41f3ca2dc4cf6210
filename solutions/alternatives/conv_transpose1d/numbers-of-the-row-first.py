"""Works with the row as the first dimension, and transposes at the end."""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    row = x.permute(2, 0, 1)
    kernels = weight.permute(2, 0, 1)
    length = (len(row) - 1) * stride + len(kernels) + output_padding
    out = torch.zeros(length, x.shape[0], weight.shape[1]).to(x)
    for start, pixel in enumerate(row):
        for offset, k in enumerate(kernels):
            out[start * stride + offset] += pixel @ k
    out = out[padding:]
    return out[: len(out) - padding].permute(1, 2, 0)
