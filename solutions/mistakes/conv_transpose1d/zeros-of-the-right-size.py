"""Returns zeros of the right size.

caught by: kernels_add_up
hint: Add the products to the zeros.
costs: 14-18
"""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    size = (x.shape[2] - 1) * stride - 2 * padding + weight.shape[2] + output_padding
    return torch.zeros(x.shape[0], weight.shape[1], size)
