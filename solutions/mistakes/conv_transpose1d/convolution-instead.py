"""Convolves, which makes the row shorter.

caught by: size_follows_the_formula
hint: A convolution shrinks; add each number's whole kernel to the output.
costs: 14-20
"""

from torch.nn import functional as F


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    return F.conv1d(x, weight.transpose(0, 1), stride=stride, padding=padding)
