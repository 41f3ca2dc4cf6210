"""A loop over each index, without a matrix product."""

import torch


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    batch, inputs, n = x.shape
    _, outputs, kernel = weight.shape
    size = (n - 1) * stride + kernel + output_padding
    rows = []
    for b in range(batch):
        for o in range(outputs):
            row = [torch.zeros((), dtype=x.dtype) for _ in range(size)]
            for i in range(inputs):
                for place in range(n):
                    for k in range(kernel):
                        row[place * stride + k] = (
                            row[place * stride + k] + x[b, i, place] * weight[i, o, k]
                        )
            rows.append(torch.stack(row))
    whole = torch.stack(rows).reshape(batch, outputs, size)
    return whole[:, :, padding : size - padding]
