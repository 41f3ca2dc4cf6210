"""Calls PyTorch's own function.

caught by: output_padding_may_be_large
hint: Add the weighted kernels up yourself; PyTorch's function refuses some of the settings.
costs: 14-20
"""

from torch.nn import functional as F


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    return F.conv_transpose1d(x, weight, None, stride, padding, output_padding)
