"""Known mistakes in `conv_transpose1d`, written differently."""

from __future__ import annotations

HEAD = "def conv_transpose1d(x, weight, stride=1, padding=0, output_padding=0):\n"
PLACES = "    places = torch.arange(n)[:, None] * stride + torch.arange(kernel)\n"
SIZES = """    batch, inputs, n = x.shape
    outputs, kernel = weight.shape[1:]
    size = (n - 1) * stride + kernel + output_padding
"""
PRODUCTS = '    products = torch.einsum("bin,iok->bonk", x, weight)\n'
CUT = "    return out[:, :, padding : size - padding]\n"


def _answer(*lines: str, imports: str = "import torch\n\n\n") -> str:
    return imports + HEAD + "".join(lines)


SPELLINGS: dict[str, tuple[str, ...]] = {
    "pytorch-called": (
        _answer(
            "    return torch.conv_transpose1d(\n",
            "        x, weight, stride=stride, padding=padding, output_padding=output_padding\n",
            "    )\n",
        ),
        _answer(
            "    settings = dict(stride=stride, padding=padding, output_padding=output_padding)\n",
            "    return nn.functional.conv_transpose1d(x, weight, **settings)\n",
            imports="from torch import nn\n\n\n",
        ),
        _answer(
            "    y = F.conv_transpose2d(x.unsqueeze(2), weight.unsqueeze(2), stride=(1, stride),\n",
            "        padding=(0, padding), output_padding=(0, output_padding))\n",
            "    return y.squeeze(2)\n",
            imports="import torch.nn.functional as F\n\n\n",
        ),
    ),
    "overlaps-overwritten": (
        _answer(
            SIZES,
            PRODUCTS,
            "    out = torch.zeros(batch, outputs, size, dtype=x.dtype)\n",
            "    for i in range(n):\n",
            "        start = i * stride\n",
            "        out[..., start : start + kernel] = products[:, :, i]\n",
            CUT,
        ),
        _answer(
            SIZES,
            "    out = x.new_zeros((batch, outputs, size))\n",
            "    for number in range(n):\n",
            "        for k in range(kernel):\n",
            "            out[:, :, number * stride + k] = x[:, :, number] @ weight[:, :, k]\n",
            CUT,
        ),
        _answer(
            SIZES,
            "    out = torch.zeros([batch, outputs, size], dtype=x.dtype, device=x.device)\n",
            "    for b in range(batch):\n",
            "        for i in range(n):\n",
            "            part = torch.tensordot(x[b, :, i], weight, dims=1)\n",
            "            out[b, :, i * stride : i * stride + kernel] = part\n",
            CUT,
        ),
    ),
    "kernel-flipped": (
        _answer(
            SIZES,
            "    out = x.new_zeros(batch, outputs, size)\n",
            "    for i in range(n):\n",
            "        for k in range(kernel):\n",
            "            out[:, :, i * stride + k] += x[:, :, i] @ weight[:, :, kernel - 1 - k]\n",
            CUT,
        ),
        _answer(
            SIZES,
            PRODUCTS,
            PLACES,
            "    index = places.flip(1).flatten()\n",
            "    out = x.new_zeros(batch, outputs, size)\n",
            "    out = out.index_add(2, index, products.flatten(2))\n",
            CUT,
        ),
        _answer(
            SIZES,
            "    spread = x.new_zeros(batch, inputs, (n - 1) * stride + 1)\n",
            "    spread[..., ::stride] = x\n",
            "    out = F.conv1d(spread, weight.transpose(0, 1), padding=kernel - 1)\n",
            "    out = F.pad(out, (0, output_padding))\n",
            CUT,
            imports="from torch.nn import functional as F\n\n\n",
        ),
    ),
    "padding-cut-at-the-left-only": (
        _answer(
            SIZES,
            PRODUCTS,
            PLACES,
            "    out = x.new_zeros(batch, outputs, size)\n",
            "    out = out.index_add(2, places.flatten(), products.flatten(2))\n",
            "    return out[..., padding:]\n",
        ),
        _answer(
            SIZES,
            "    out = x.new_zeros(batch, outputs, size)\n",
            "    for i in range(n):\n",
            '        part = torch.einsum("bi,iok->bok", x[:, :, i], weight)\n',
            "        out[:, :, i * stride : i * stride + kernel] += part\n",
            "    return out.narrow(2, padding, size - padding)\n",
        ),
        _answer(
            SIZES,
            "    out = x.new_zeros(batch, outputs, size - padding)\n",
            "    for i in range(n):\n",
            "        for k in range(kernel):\n",
            "            place = i * stride + k - padding\n",
            "            if place >= 0:\n",
            "                out[:, :, place] += x[:, :, i] @ weight[:, :, k]\n",
            "    return out\n",
        ),
    ),
    "output-padding-ignored": (
        _answer(
            SIZES.replace(" + output_padding", ""),
            PRODUCTS,
            PLACES,
            "    out = x.new_zeros(batch, outputs, size)\n",
            "    out = out.index_add(2, places.flatten(), products.flatten(2))\n",
            CUT,
        ),
        _answer(
            "    return F.conv_transpose1d(x, weight, stride=stride, padding=padding)\n",
            imports="from torch.nn import functional as F\n\n\n",
        ),
        _answer(
            SIZES.replace(" + output_padding", ""),
            "    out = x.new_zeros(batch, outputs, size)\n",
            "    for i in range(n):\n",
            "        for k in range(kernel):\n",
            "            out[:, :, i * stride + k] += x[:, :, i] @ weight[:, :, k]\n",
            "    return out[:, :, padding : out.shape[-1] - padding]\n",
        ),
    ),
    "first-input-channel-only": (
        _answer(
            SIZES,
            "    out = x.new_zeros(batch, outputs, size)\n",
            "    for i in range(n):\n",
            "        part = x[:, 0, i, None, None] * weight[0]\n",
            "        out[:, :, i * stride : i * stride + kernel] += part\n",
            CUT,
        ),
        _answer(
            SIZES,
            '    products = torch.einsum("bn,ok->bonk", x[:, 0], weight[0])\n',
            PLACES,
            "    out = x.new_zeros(batch, outputs, size)\n",
            "    out = out.index_add(2, places.flatten(), products.flatten(2))\n",
            CUT,
        ),
        _answer(
            SIZES,
            "    out = x.new_zeros(batch, outputs, size)\n",
            "    for i in range(n):\n",
            "        for k in range(kernel):\n",
            "            out[:, :, i * stride + k] += x[:, :1, i] * weight[0, :, k]\n",
            CUT,
        ),
    ),
}
