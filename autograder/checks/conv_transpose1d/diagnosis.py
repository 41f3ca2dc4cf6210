"""Call an answer to `conv_transpose1d`, and find the known mistake if its output is wrong.

As in `explain`, a mistake is named if it gives the answer's output on every input tried.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from checkkit import expect
from checkkit.expect import Hint

from ..explain import once, only
from .known_mistakes import MISTAKES, size

ConvTranspose1d = Callable[..., object]

# batch, input channels, output channels, numbers, kernel; stride, padding, output_padding
Settings = tuple[int, int, int]
INPUTS: tuple[tuple[tuple[int, int, int, int, int], Settings], ...] = (
    ((1, 1, 1, 3, 3), (2, 0, 0)),
    ((1, 1, 1, 4, 5), (2, 1, 1)),
    ((2, 2, 3, 3, 4), (3, 2, 1)),
)


def drawn(shape: tuple[int, int, int, int, int], seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return x and weight with whole numbers from 1 to 9: sums of them are exact."""
    batch, inputs, outputs, n, kernel = shape
    source = torch.Generator().manual_seed(seed)
    sizes = (batch, inputs, n), (inputs, outputs, kernel)
    x, weight = (torch.randint(1, 10, one, generator=source).float() for one in sizes)
    return x, weight


def output(
    conv_transpose1d: ConvTranspose1d, x: Tensor, weight: Tensor, settings: Settings
) -> Tensor:
    """Return the answer's output for copies of the inputs; its shape is checked."""
    got = conv_transpose1d(x.clone(), weight.clone(), *settings)
    wanted = len(x), weight.shape[1], size(x.shape[2], weight.shape[2], *settings)
    return expect.tensor(
        got,
        "conv_transpose1d",
        wanted,
        given=given(x, weight, settings),
        hint=lambda _shape: mistake_in(conv_transpose1d),
    )


def given(x: Tensor, weight: Tensor, settings: Settings) -> dict[str, object]:
    """Return the inputs by name, for a message."""
    names = ("stride", "padding", "output_padding")
    return {"x": x, "weight": weight, **dict(zip(names, settings, strict=True))}


def evidence(conv_transpose1d: ConvTranspose1d) -> Callable[[], Hint | None]:
    """Return the function that finds the mistake, for `expect.close`."""
    return partial(mistake_in, conv_transpose1d)


@once
def mistake_in(conv_transpose1d: ConvTranspose1d) -> Hint | None:
    """Return the one mistake with the answer's output; None if the answer raises meanwhile."""
    try:
        return only([Hint(MISTAKES[name][1], name) for name in _explaining(conv_transpose1d)])
    except Exception:  # noqa: BLE001 - the failure that is being reported comes first
        return None


def _explaining(conv_transpose1d: ConvTranspose1d) -> list[str]:
    """Return the mistakes that give the answer's output on every input tried."""
    left = dict(MISTAKES)
    for shape, settings in INPUTS:
        x, weight = drawn(shape)
        got = conv_transpose1d(x.clone(), weight.clone(), *settings)
        if not isinstance(got, Tensor):
            return []
        for name, (mistaken, _) in list(left.items()):
            wanted = mistaken(x, weight, *settings)
            if got.shape != wanted.shape or not torch.allclose(got.detach(), wanted, atol=1e-3):
                del left[name]
    return list(left)
