"""Computes in NumPy, so that no gradient passes.

caught by: gradient_reaches_x_and_weight
hint: Stay in PyTorch: NumPy knows no gradients.
costs: 2-3
"""

import numpy as np
import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    rows, kernels = x.detach().numpy(), weight.detach().numpy()
    size = (rows.shape[2] - 1) * stride + kernels.shape[2] + output_padding
    whole = np.zeros((len(rows), kernels.shape[1], size), rows.dtype)
    for i in range(rows.shape[2]):
        products = np.einsum("bi,iok->bok", rows[:, :, i], kernels)
        whole[:, :, i * stride : i * stride + kernels.shape[2]] += products
    return torch.from_numpy(whole[:, :, padding : size - padding].copy())
