"""One shifted copy of the spread-out input for each number of the kernel."""

import torch
from torch.nn import functional as F


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    n, kernel = x.shape[-1], weight.shape[-1]
    whole = 0
    for k in range(kernel):
        part = torch.matmul(weight[:, :, k].T, x)
        zeros = torch.zeros_like(part)[..., None].expand(*part.shape, stride - 1)
        spread = torch.cat([part[..., None], zeros], dim=-1).flatten(2)[..., : (n - 1) * stride + 1]
        whole = whole + F.pad(spread, (k, kernel - 1 - k + output_padding))
    if padding:
        whole = whole[:, :, padding:-padding]
    return whole
