"""For each output number, the products that fall on it."""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    n, kernel = x.shape[2], weight.shape[2]
    size = (n - 1) * stride - 2 * padding + kernel + output_padding
    columns = []
    for place in range(padding, padding + size):
        column = x.new_zeros(x.shape[0], weight.shape[1])
        for k in range(kernel):
            i, rest = divmod(place - k, stride)
            if rest == 0 and 0 <= i < n:
                column = column + x[:, :, i] @ weight[:, :, k]
        columns.append(column)
    return torch.stack(columns, dim=2)
