"""Say what an answer should have given: one path from type to shape to dtype to value.

Every check goes through these few functions, so every message has one form,
`vae_loss: expected kl = 0.359 nats, got 2.195 (mu=[[0.]], logvar=[[1.]])`,
and nothing is compared by value before its type and its exact shape are known to be right:
broadcasting hides no mistake here.

The message states the fact. A hint states a likely cause, and is given only on evidence: when the
answer gave just what a known misreading would have given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import torch
from torch import Tensor

from .outcomes import Pictures
from .wording import describe, dtype_name, inputs, number, tell_apart

# Relative tolerance of a value computed in float32 and summed over a batch of images: a thousand
# times the rounding error, and a tenth of what the smallest real mistake changes.
RTOL = 1e-4
ATOL = 1e-4

PICTURE = (1, 28, 28)
# So many pictures are shown; those that are larger along a side are not: no mistake looks so.
MOST_PICTURES = 5
MOST_PIXELS = 100


@dataclass(frozen=True)
class Hint:
    """A likely cause: the line a teacher would say, and the known mistake's name if it has one."""

    text: str
    misconception: str | None = None


@dataclass(frozen=True)
class Reading:
    """What a known misreading of the task gives on the very input that a check has used."""

    value: Tensor | float
    hint: str
    misconception: str | None = None


class Failure(AssertionError):  # noqa: N818 - it is the answer that failed, not the program
    """An answer is wrong, and this is how.

    Attributes:
        message: What was expected and what came.
        hint: The likely cause, where the evidence shows it.
        misconception: The name of the known mistake, where the evidence shows it.
        pictures: What was expected and what came, where these are pictures.
    """

    outcome = "failed"

    def __init__(
        self, message: str, hint: Hint | None = None, pictures: Pictures | None = None
    ) -> None:
        super().__init__(message)
        self.pictures = pictures
        self.message = message
        self.hint = hint.text if hint else None
        self.misconception = hint.misconception if hint else None


def fail(message: str, hint: Hint | None = None, pictures: Pictures | None = None) -> NoReturn:
    """Raise a `Failure`; the one place that does."""
    raise Failure(message, hint, pictures)


def that(holds: bool, message: str, hint: Hint | None = None) -> None:  # noqa: FBT001 - it reads as a sentence
    """Fail with `message` unless the condition holds."""
    if not holds:
        fail(message, hint)


def tensor(
    value: object,
    name: str,
    shape: Sequence[int],
    *,
    dtype: torch.dtype | None = None,
    given: Mapping[str, object] | None = None,
    hint: Callable[[tuple[int, ...]], Hint | None] = lambda _shape: None,
) -> Tensor:
    """Return `value` as a tensor of exactly this shape and dtype, all of it finite.

    Args:
        value: What the answer gave.
        name: What to call it: "ConvVAE.decode", "vae_loss: kl".
        shape: The exact shape expected; `()` for a scalar.
        dtype: The exact dtype expected; any floating one if None.
        given: The inputs, by name, for the message.
        hint: From a wrong shape to its likely cause, if that shape shows one.
    """
    for_inputs = inputs(given)
    wanted = f"a tensor of shape {tuple(shape)}" if shape else "a scalar tensor"
    if not isinstance(value, Tensor):
        fail(f"{name}: expected {wanted}, got {describe(value)}{for_inputs}")
    if tuple(value.shape) != tuple(shape):
        got = tuple(value.shape)
        message = f"{name}: expected shape {tuple(shape)}, got {got}{for_inputs}"
        fail(message, hint(got), _pictures(None, value) if tuple(shape)[1:] == PICTURE else None)
    if dtype is not None and value.dtype != dtype:
        fail(
            f"{name}: expected dtype {dtype_name(dtype)}, got {dtype_name(value.dtype)}{for_inputs}"
        )
    if not value.dtype.is_floating_point:
        fail(f"{name}: expected floating-point numbers, got {dtype_name(value.dtype)}{for_inputs}")
    if not _finite(value):
        kind = "nan" if bool(torch.isnan(value).any()) else "infinity"
        fail(f"{name}: expected finite numbers, got {kind}{for_inputs}")
    return value


def _finite(value: Tensor) -> bool:
    # a sum tells in a tenth of the time; where it is not finite, it may have overflowed
    return math.isfinite(value.detach().sum().item()) or bool(torch.isfinite(value).all())


def several(value: object, name: str, parts: Sequence[str]) -> Sequence[object]:
    """Return `value` as a tuple with one entry for each of `parts`."""
    wanted = f"{len(parts)} values ({', '.join(parts)})"
    if not isinstance(value, tuple | list):
        fail(f"{name}: expected {wanted}, got {describe(value)}")
    if len(value) != len(parts):
        fail(f"{name}: expected {wanted}, got {len(value)}")
    return value


def close(  # noqa: PLR0913 - what to compare, what to call it, and on what evidence
    got: Tensor,
    wanted: Tensor | float,
    name: str,
    *,
    unit: str = "",
    given: Mapping[str, object] | None = None,
    rtol: float = RTOL,
    atol: float = ATOL,
    readings: Iterable[Reading] = (),
    evidence: Callable[[], Hint | None] = lambda: None,
    pictures: tuple[Tensor, Tensor] | None = None,
) -> None:
    """Fail unless `got` has the values of `wanted`, which must have the same shape.

    Args:
        got: What the answer gave; its type and shape are known to be right.
        wanted: What is right.
        name: The answer and the value's name: "vae_loss: kl".
        unit: Written after the expected number.
        given: The inputs, by name, for the message.
        rtol: Relative tolerance.
        atol: Absolute tolerance.
        readings: What known misreadings give on this input.
        evidence: A further way to find the cause, asked only if the values are wrong.
        pictures: The pictures, expected and got, that the values were read from.
    """
    right = torch.as_tensor(wanted, dtype=torch.float64)
    value = got.detach().to(torch.float64)
    assert value.shape == right.shape, "a check compares tensors of one shape only"
    if _equal(value, right, rtol, atol):
        return
    answer, _, what = name.partition(": ")
    subject = f"{what} = " if what else ""
    place = _worst(value, right, rtol, atol)
    where = f" at {list(place)}" if value.numel() > 1 else ""
    expected, came = tell_apart(right[place].item(), value[place].item())
    unit = f" {unit}" if unit else ""
    message = f"{answer}: expected {subject}{expected}{unit}{where}, got {came}{inputs(given)}"
    cause = _matching(readings, value, right, rtol, atol) or _asked(evidence)
    fail(message, cause, _pictures(*pictures) if pictures else None)


def _pictures(expected: Tensor | None, got: Tensor) -> Pictures | None:
    """Return the first few pictures to show side by side; None where there is nothing to see."""
    try:
        if got.ndim != 4 or got.shape[1] != 1 or not 0 < got.shape[-1] <= MOST_PIXELS:
            return None
        if not got.dtype.is_floating_point or not got.numel():
            return None
        return Pictures(None if expected is None else _drawable(expected), _drawable(got))
    except Exception:  # noqa: BLE001 - whatever it is, the failure that is being told comes first
        return None


def _drawable(pictures: Tensor) -> np.ndarray:
    few: np.ndarray = pictures[:MOST_PICTURES, 0].detach().cpu().float().nan_to_num().numpy()
    return few


def _matching(
    readings: Iterable[Reading], value: Tensor, right: Tensor, rtol: float, atol: float
) -> Hint | None:
    """Return the hint of the one misreading that gives `value`; None if none or several do."""
    found = set()
    for reading in readings:
        misread = torch.as_tensor(reading.value, dtype=torch.float64).detach()
        if misread.shape != value.shape or _equal(misread, right, rtol, atol):
            continue
        if _equal(value, misread, rtol, atol):
            found.add(Hint(reading.hint, reading.misconception))
    return found.pop() if len(found) == 1 else None


def _asked(evidence: Callable[[], Hint | None]) -> Hint | None:
    """Return what further evidence shows: nothing, where the answer fails while it is sought."""
    try:
        return evidence()
    except Exception:  # noqa: BLE001 - whatever it is, the failure that is being told comes first
        return None


def unchanged(answer: str, **inputs: tuple[Tensor, Tensor]) -> None:
    """Fail if an input is not what it was: each is given as (now, a clone made before)."""
    for name, (now, before) in inputs.items():
        if not torch.equal(now.detach(), before):
            fail(f"{answer}: expected {name} to be left as it was, but it was changed in place")


def _equal(value: Tensor, right: Tensor, rtol: float, atol: float) -> bool:
    return bool(torch.allclose(value, right, rtol=rtol, atol=atol))


def _worst(value: Tensor, right: Tensor, rtol: float, atol: float) -> tuple[int, ...]:
    """Return the place where the two differ most, in units of what is allowed there."""
    excess = ((value - right).abs() / (atol + rtol * right.abs())).flatten()
    # the first of those that are as bad, so that rounding does not choose between them
    place = int((excess >= 0.999 * excess.max()).nonzero()[0])
    places = []
    for size in reversed(value.shape):
        place, at = divmod(place, size)
        places.append(at)
    return tuple(reversed(places))


def estimate(
    got: float,
    wanted: float,
    limit: float,
    name: str,
    detail: str,
    *,
    readings: Iterable[Reading] = (),
    evidence: Callable[[], Hint | None] = lambda: None,
) -> None:
    """Fail unless a number measured on many draws is within `limit` of what is right.

    Args:
        got: What was measured.
        wanted: What is right.
        limit: How far a right answer may be off by chance; see `checkkit.sampling_limits`.
        name: The answer and the number's name: "reparameterize: standard deviation".
        detail: How it was measured.
        readings: What known misreadings would measure, give or take as much in proportion.
        evidence: A further way to find the cause, asked only if the number is wrong.
    """
    if abs(got - wanted) <= limit:
        return
    answer, _, what = name.partition(": ")
    expected, came = tell_apart(wanted, got)
    found = set()
    for reading in readings:
        misread = float(reading.value)
        allowed = limit * max(1.0, abs(misread) / max(abs(wanted), limit))
        if abs(misread - wanted) > limit + allowed and abs(got - misread) <= allowed:
            found.add(Hint(reading.hint, reading.misconception))
    fail(
        f"{answer}: expected {what} {expected} ± {number(limit)} ({detail}), got {came}",
        found.pop() if len(found) == 1 else _asked(evidence),
    )
