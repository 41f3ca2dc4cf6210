"""Hidden checks of `conv_transpose1d` (20 points, with the visible ones).

Source: Dumoulin & Visin (2016), arXiv:1603.07285. Oracle: `torch.nn.functional`, which refuses an
output_padding of the stride or more; zeros are added to its output there. All checks of numbers
have such settings, so an answer that only calls PyTorch's function fails them all. Inputs are drawn
by Hypothesis, which finds the smallest that fails.
"""

from __future__ import annotations

import torch
from hypothesis import strategies as st

from checkkit import expect
from checkkit.strategies import for_any

from .diagnosis import ConvTranspose1d, drawn, evidence, given, output
from .known_mistakes import right, size

NUMBERS, KERNELS, STRIDES = st.integers(1, 5), st.integers(1, 5), st.integers(1, 4)
PADDINGS, EXTRAS = st.integers(0, 3), st.integers(0, 5)
SEEDS = st.integers(0, 50)


@for_any(n=NUMBERS, kernel=KERNELS, stride=STRIDES, padding=PADDINGS, extra=EXTRAS)
def check_any_settings_give_the_right_size(
    conv_transpose1d: ConvTranspose1d, n: int, kernel: int, stride: int, padding: int, extra: int
) -> None:
    """The size is right for every number of inputs, kernel, stride and padding.

    Catches sizes that hold for some settings only. Wrong numbers pass.
    """
    padding = min(padding, (size(n, kernel, stride, 0, extra) - 1) // 2)  # one number is left
    settings = stride, padding, extra
    output(conv_transpose1d, *drawn((1, 1, 1, n, kernel)), settings)


@for_any(n=NUMBERS, kernel=KERNELS, stride=STRIDES, extra=EXTRAS, seed=SEEDS)
def check_any_kernels_add_up(
    conv_transpose1d: ConvTranspose1d, n: int, kernel: int, stride: int, extra: int, seed: int
) -> None:
    """The weighted kernels add up, for all numbers and every stride.

    Catches overlaps that are overwritten, a kernel the wrong way round, numbers that are left out.
    """
    x, weight = drawn((1, 1, 1, n, kernel), seed)
    _is_right(conv_transpose1d, x, weight, (stride, 0, extra))


@for_any(n=NUMBERS, kernel=KERNELS, stride=STRIDES, padding=PADDINGS, extra=EXTRAS, seed=SEEDS)
def check_any_ends_are_cut_and_added(
    conv_transpose1d: ConvTranspose1d,
    n: int,
    kernel: int,
    stride: int,
    padding: int,
    extra: int,
    seed: int,
) -> None:
    """Padding and output_padding leave the right numbers, in every combination.

    Catches what is cut or added at the wrong end.
    """
    padding = min(padding, (size(n, kernel, stride, 0, extra) - 1) // 2)
    x, weight = drawn((1, 1, 1, n, kernel), seed)
    _is_right(conv_transpose1d, x, weight, (stride, padding, extra))


@for_any(batch=st.integers(1, 3), inputs=st.integers(1, 3), outputs=st.integers(1, 3), seed=SEEDS)
def check_any_batch_and_channels(
    conv_transpose1d: ConvTranspose1d, batch: int, inputs: int, outputs: int, seed: int
) -> None:
    """Batch and channels may have any size.

    Catches channels or pictures that are left out, mixed or averaged, and exchanged dimensions.
    """
    x, weight = drawn((batch, inputs, outputs, 2, 2), seed)
    _is_right(conv_transpose1d, x, weight, (2, 0, 2))


def _is_right(
    conv_transpose1d: ConvTranspose1d,
    x: torch.Tensor,
    weight: torch.Tensor,
    settings: tuple[int, int, int],
) -> None:
    """Fail unless the output is the oracle's."""
    got = output(conv_transpose1d, x, weight, settings)
    expect.close(
        got,
        right(x, weight, *settings),
        "conv_transpose1d",
        given=given(x, weight, settings),
        evidence=evidence(conv_transpose1d),
    )


def check_gradients_are_right(conv_transpose1d: ConvTranspose1d) -> None:
    """The gradients of `x` and `weight` are those of PyTorch's own function.

    Catches a part of the sum that passes no gradient.
    """
    settings = 2, 1, 2
    inputs = [one.requires_grad_() for one in drawn((2, 2, 3, 4, 3), 1)]
    copies = [one.detach().clone().requires_grad_() for one in inputs]
    wanted = right(copies[0], copies[1], *settings)
    factors = torch.arange(1.0, wanted.numel() + 1).reshape(wanted.shape)
    (wanted * factors).sum().backward()  # type: ignore[no-untyped-call]
    got = expect.tensor(
        conv_transpose1d(*inputs, *settings), "conv_transpose1d", tuple(wanted.shape)
    )
    expect.that(got.requires_grad, "conv_transpose1d: expected a gradient, got none")
    (got * factors).sum().backward()  # type: ignore[no-untyped-call]
    for name, one, copy in zip(("x", "weight"), inputs, copies, strict=True):
        expect.that(
            one.grad is not None, f"conv_transpose1d: expected a gradient in {name}, got none"
        )
        assert one.grad is not None
        assert copy.grad is not None
        expect.close(one.grad, copy.grad, f"conv_transpose1d: gradient of {name}")


def check_dtype_is_kept(conv_transpose1d: ConvTranspose1d) -> None:
    """The output has the dtype of `x`.

    Catches zeros of the default dtype.
    """
    for dtype in (torch.float64, torch.float32):
        x, weight = (one.to(dtype) for one in drawn((1, 1, 1, 3, 3)))
        got = conv_transpose1d(x, weight, 2)
        expect.tensor(got, "conv_transpose1d", (1, 1, 7), dtype=dtype)


def check_inputs_are_unchanged(conv_transpose1d: ConvTranspose1d) -> None:
    """`x` and `weight` are left as they were.

    Catches operations in place.
    """
    x, weight = drawn((2, 2, 3, 3, 3))
    before = x.clone(), weight.clone()
    conv_transpose1d(x, weight, 2, 1, 1)
    expect.unchanged("conv_transpose1d", x=(x, before[0]), weight=(weight, before[1]))
