"""A helper pads each product to the whole length; sum adds them."""

from torch.nn import functional as F


def placed(product, start, size):
    return F.pad(product, (start, size - start - product.shape[-1]))


def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):
    kernel = weight.size(-1)
    size = (x.size(-1) - 1) * stride + kernel + output_padding
    products = [
        placed((column[:, :, None, None] * weight[None]).sum(dim=1), number * stride, size)
        for number, column in enumerate(x.unbind(dim=-1))
    ]
    return sum(products)[:, :, padding : size - padding]
