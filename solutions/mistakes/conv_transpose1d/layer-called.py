"""Uses PyTorch's layer with the weight.

caught by: output_padding_may_be_large
hint: Add the weighted kernels up yourself; PyTorch's layer refuses some of the settings.
costs: 14-20
"""

from torch import nn


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    layer = nn.ConvTranspose1d(
        weight.shape[0],
        weight.shape[1],
        weight.shape[2],
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        bias=False,
    )
    layer.weight = nn.Parameter(weight)
    return layer(x)
