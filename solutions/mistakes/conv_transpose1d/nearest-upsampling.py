"""Repeats numbers and convolves.

caught by: kernels_add_up
hint: There are zeros between the numbers, not copies of them.
costs: 6-10
"""

from torch.nn import functional as F


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    kernel = weight.shape[2]
    size = (x.shape[2] - 1) * stride + kernel + output_padding
    spread = x.repeat_interleave(stride, dim=2)[:, :, : (x.shape[2] - 1) * stride + 1]
    whole = F.conv1d(spread, weight.transpose(0, 1).flip(2), padding=kernel - 1)
    return F.pad(whole, (0, output_padding))[:, :, padding : size - padding]
