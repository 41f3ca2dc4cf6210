"""conv_transpose1d: weighted kernels that add up, on numbers that you can work out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor

from checkkit import expect
from checkkit.expect import Hint, KnownMistake

ConvTranspose1d = Callable[..., object]

# numbers, kernel, stride, padding, output_padding, numbers in the output
SIZES = [
    (3, 3, 2, 0, 0, 7),
    (7, 3, 2, 1, 0, 13),
    (7, 3, 2, 1, 1, 14),
    (4, 4, 2, 1, 0, 8),
    (7, 5, 3, 0, 0, 23),
    (2, 2, 3, 0, 0, 5),
    (1, 3, 1, 0, 0, 3),
]
EMPTY = "a slice that ends at -0 is empty: count its end from the size"
ROW, KERNEL = [1.0, 2.0, 3.0], [1.0, 10.0, 100.0]
OVERWRITTEN = "where two kernels overlap, the numbers add up; here the second replaces the first"
FLIPPED = "the kernel is the wrong way round: its first number comes first"
IN_STEPS_OF_ONE = "the kernels start `stride` places after one another, not one place"
AT_THE_LEFT = "output_padding adds at the right end, not at the left"
ZEROS = "output_padding comes first and takes back what padding would cut: zeros only beyond that"
FIRST_CHANNEL = "only the first input channel is there: an output channel sums over all of them"


def row(numbers: Sequence[float]) -> Tensor:
    """Return numbers as a batch of one with one channel; a kernel has the same form."""
    return torch.tensor([[[*numbers]]], dtype=torch.float32)


def check_size_follows_the_formula(conv_transpose1d: ConvTranspose1d) -> None:
    """The output has (n − 1)·stride − 2·padding + kernel + output_padding numbers.

    Catches padding that is cut off at one end only, or added, and a forgotten output_padding.
    """
    for n, kernel, stride, padding, extra, size in SIZES:
        got = conv_transpose1d(
            torch.ones(1, 1, n), torch.ones(1, 1, kernel), stride, padding, extra
        )
        given: dict[str, object] = {"n": n, "kernel": kernel, "stride": stride}
        given |= {"padding": padding, "output_padding": extra}
        wrong = {
            0: EMPTY,
            size - extra: "output_padding plays no part",
            size + 2 * padding: "padding plays no part",
            size + padding: "padding cuts both ends, not one",
            size + 4 * padding: "padding makes the output shorter, not longer",
        }
        hint = partial(_known, {wide: why for wide, why in wrong.items() if wide != size})
        expect.tensor(got, "conv_transpose1d", (1, 1, size), given=given, hint=hint)


def _known(wrong: Mapping[int, str], shape: tuple[int, ...]) -> Hint | None:
    """Return what explains a shape, if its batch and its channels are right."""
    found = wrong.get(shape[-1]) if shape[:-1] == (1, 1) else None
    return Hint(found) if found else None


def _gives(
    conv_transpose1d: ConvTranspose1d,
    wanted: Sequence[float],
    wrong: Mapping[str, Sequence[float]] | None = None,
    **settings: int,
) -> None:
    """Fail unless the numbers 1, 2, 3 and the kernel 1, 10, 100 give the wanted numbers."""
    x, weight = row(ROW), row(KERNEL)
    given: dict[str, object] = {"x": x[0, 0], "weight": weight[0, 0], **settings}
    got = conv_transpose1d(x.clone(), weight.clone(), **settings)
    got = expect.tensor(got, "conv_transpose1d", (1, 1, len(wanted)), given=given)
    mistakes = [KnownMistake(row(values), hint) for hint, values in (wrong or {}).items()]
    expect.close(got, row(wanted), "conv_transpose1d", given=given, mistakes=mistakes)


def check_kernels_add_up(conv_transpose1d: ConvTranspose1d) -> None:
    """Each number adds its weighted kernel, `stride` places after the one before.

    Catches overlaps that are overwritten, a kernel the wrong way round, and an ignored stride.
    """
    wrong = {
        OVERWRITTEN: [1, 10, 2, 20, 3, 30, 300],
        FLIPPED: [100, 10, 201, 20, 302, 30, 3],
        IN_STEPS_OF_ONE: [1, 12, 123, 230, 300, 0, 0],
    }
    _gives(conv_transpose1d, [1, 10, 102, 20, 203, 30, 300], wrong, stride=2)
    _gives(conv_transpose1d, [1, 10, 100, 2, 20, 200, 3, 30, 300], stride=3)
    _gives(conv_transpose1d, [1, 12, 123, 230, 300])


def check_padding_cuts_both_ends(conv_transpose1d: ConvTranspose1d) -> None:
    """`padding` cuts that many numbers off each end.

    Catches one end that is left whole, and zeros that are added.
    """
    _gives(conv_transpose1d, [10, 102, 20, 203, 30], stride=2, padding=1)
    _gives(conv_transpose1d, [102, 20, 203], stride=2, padding=2)


def check_output_padding_adds_at_the_right_end(conv_transpose1d: ConvTranspose1d) -> None:
    """`output_padding` takes back a part of the cut at the right end, and adds zeros beyond.

    Catches numbers added at the left, and zeros in the place of what padding would have cut.
    """
    wrong = {AT_THE_LEFT: [1, 10, 102, 20, 203, 30], ZEROS: [10, 102, 20, 203, 30, 0]}
    _gives(
        conv_transpose1d, [10, 102, 20, 203, 30, 300], wrong, stride=2, padding=1, output_padding=1
    )
    _gives(conv_transpose1d, [1, 10, 102, 20, 203, 30, 300, 0], stride=2, output_padding=1)


def check_output_padding_may_be_large(conv_transpose1d: ConvTranspose1d) -> None:
    """`output_padding` may be the stride, or more.

    Catches PyTorch's own transposed convolution, which refuses that.
    """
    _gives(conv_transpose1d, [1, 12, 123, 230, 300, 0, 0], output_padding=2)


def check_channels_have_kernels_of_their_own(conv_transpose1d: ConvTranspose1d) -> None:
    """An output channel is the sum over the input channels, each with a kernel of its own.

    With two channels in and three out, weight[i, o] is the kernel from channel i to channel o.
    Catches channels that are left out, and a weight whose first two dimensions are exchanged.
    """
    x = torch.tensor([[[1.0, 2.0], [10.0, 20.0]], [[0.0, 3.0], [0.0, 0.0]]])
    weight = torch.tensor(
        [[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [2.0, 0.0], [0.0, 3.0]]]
    )
    wanted = [
        [[11.0, 22.0, 0.0], [20.0, 41.0, 2.0], [1.0, 33.0, 62.0]],
        [[0.0, 3.0, 0.0], [0.0, 0.0, 3.0], [0.0, 3.0, 3.0]],
    ]
    first = [
        [[1.0, 2.0, 0.0], [0.0, 1.0, 2.0], [1.0, 3.0, 2.0]],
        [[0.0, 3.0, 0.0], [0.0, 0.0, 3.0], [0.0, 3.0, 3.0]],
    ]
    given: dict[str, object] = {"x": x, "weight of shape": (2, 3, 2)}
    got = conv_transpose1d(x.clone(), weight.clone())
    got = expect.tensor(got, "conv_transpose1d", (2, 3, 3), given=given)
    wrong = [KnownMistake(torch.tensor(first), FIRST_CHANNEL)]
    expect.close(got, torch.tensor(wanted), "conv_transpose1d", given=given, mistakes=wrong)


def check_gradient_reaches_x_and_weight(conv_transpose1d: ConvTranspose1d) -> None:
    """The output passes gradients to `x` and to `weight`.

    Catches NumPy, `.item()`, `.data`, `detach` and `no_grad` on the way.
    """
    x, weight = row(ROW).requires_grad_(), row(KERNEL).requires_grad_()
    got = expect.tensor(conv_transpose1d(x, weight, 2), "conv_transpose1d", (1, 1, 7))
    expect.that(got.requires_grad, "conv_transpose1d: expected a gradient, got none", CUT_OFF)
    got.sum().backward()  # type: ignore[no-untyped-call]
    for name, value in (("x", x), ("weight", weight)):
        message = f"conv_transpose1d: expected a gradient in {name}, got none"
        reached = value.grad is not None and bool(value.grad.any())
        expect.that(reached, message, CUT_OFF)


CUT_OFF = Hint("the way back is cut: NumPy, .item(), .data, detach, no_grad or torch.tensor(...)")
