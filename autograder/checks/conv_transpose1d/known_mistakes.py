"""Known mistakes in `conv_transpose1d`, and the right function.

Names are those of the files in `solutions/mistakes/`; hints are theirs. Each function takes what
the answer takes, and gives what the mistake gives.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

ConvTranspose1d = Callable[[Tensor, Tensor, int, int, int], Tensor]


def right(x: Tensor, weight: Tensor, stride: int, padding: int, output_padding: int) -> Tensor:
    """Return the transposed convolution, for any output_padding.

    Source: `torch.nn.functional.conv_transpose1d` for the sums; Dumoulin & Visin (2016),
    arXiv:1603.07285, for the size.
    """
    whole = functional.conv_transpose1d(x, weight, stride=stride)
    return _cut(functional.pad(whole, (0, output_padding)), padding)


def size(n: int, kernel: int, stride: int, padding: int, output_padding: int) -> int:
    """Return how many numbers come out in each channel."""
    return (n - 1) * stride - 2 * padding + kernel + output_padding


def _cut(whole: Tensor, padding: int) -> Tensor:
    return whole[:, :, padding : whole.shape[2] - padding]


def _overwritten(x: Tensor, weight: Tensor, stride: int, padding: int, extra: int) -> Tensor:
    kernel = weight.shape[2]
    whole = torch.zeros(len(x), weight.shape[1], size(x.shape[2], kernel, stride, 0, extra))
    for n, column in enumerate(x.unbind(2)):
        part = torch.einsum("bi,iok->bok", column, weight)
        whole[:, :, n * stride : n * stride + kernel] = part
    return _cut(whole, padding)


def _in_steps_of_one(x: Tensor, weight: Tensor, stride: int, padding: int, extra: int) -> Tensor:
    whole = functional.conv_transpose1d(x, weight)
    wanted = size(x.shape[2], weight.shape[2], stride, 0, extra)
    return _cut(functional.pad(whole, (0, wanted - whole.shape[2])), padding)


def _zeros_after_the_cut(x: Tensor, weight: Tensor, s: int, padding: int, extra: int) -> Tensor:
    return functional.pad(right(x, weight, s, padding, 0), (0, extra))


# what the mistake gives, and its hint
MISTAKES: dict[str, tuple[ConvTranspose1d, str]] = {
    "kernel-flipped": (
        lambda x, w, s, p, e: right(x, w.flip(2), s, p, e),
        "The kernel stands as it is: its first number goes to the first place.",
    ),
    "overlaps-overwritten": (_overwritten, "Where kernels overlap, the products add up: +=."),
    "stride-ignored": (
        _in_steps_of_one,
        "The kernel of number i starts at place i · stride.",
    ),
    "last-number-left-out": (
        lambda x, w, s, p, e: right(functional.pad(x[:, :, :-1], (0, 1)), w, s, p, e),
        "range(n) runs to n − 1, which is the last number.",
    ),
    "padding-ignored": (
        lambda x, w, s, _, e: right(x, w, s, 0, e),
        "Padding cuts that many numbers off each end.",
    ),
    "padding-cut-at-the-left-only": (
        lambda x, w, s, p, e: right(x, w, s, 0, e)[:, :, p:],
        "Padding cuts off both ends.",
    ),
    "padding-added": (
        lambda x, w, s, p, e: functional.pad(right(x, w, s, 0, e), (p, p)),
        "Padding makes the output of a transposed convolution smaller: it cuts.",
    ),
    "output-padding-ignored": (
        lambda x, w, s, p, _: right(x, w, s, p, 0),
        "output_padding makes the output longer at the right end.",
    ),
    "output-padding-at-the-left": (
        lambda x, w, s, p, e: _cut(functional.pad(right(x, w, s, 0, 0), (e, 0)), p),
        "output_padding adds at the right end.",
    ),
    "output-padding-at-both-ends": (
        lambda x, w, s, p, e: _cut(functional.pad(right(x, w, s, 0, 0), (e, e)), p),
        "output_padding adds at one end, the right one.",
    ),
    "output-padding-after-the-cut": (
        _zeros_after_the_cut,
        "Add output_padding first, then cut: it takes back a part of the cut.",
    ),
    "first-input-channel-only": (
        lambda x, w, s, p, e: right(x[:, :1], w[:1], s, p, e),
        "An output channel is the sum over all input channels.",
    ),
    "first-kernel-for-all": (
        lambda x, w, s, p, e: right(x, w[:, :1].expand_as(w), s, p, e),
        "Each output channel has a kernel of its own: weight[i, o].",
    ),
    "first-of-the-batch-only": (
        lambda x, w, s, p, e: right(x[:1].expand_as(x), w, s, p, e),
        "Every row of the batch has an output of its own.",
    ),
    "input-channels-averaged": (
        lambda x, w, s, p, e: right(x, w, s, p, e) / x.shape[1],
        "The input channels are summed, not averaged.",
    ),
}
