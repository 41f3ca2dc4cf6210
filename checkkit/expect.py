"""State what an answer must give; fail with one form of message if it gives something else.

Checks compare by these functions only, so every message has the form::

    softmax_loss: expected loss = 0.693 nats, got 1.386 (logits=[[0., 0.]], target=0)

and no value is compared before its type, its exact shape and its dtype are known to be right:
broadcasting hides no mistake. A check usually looks like this::

    def check_mean_of_two_numbers(mean):
        '''The mean of 1 and 3 is 2.'''
        x = torch.tensor([1.0, 3.0])
        got = expect.tensor(mean(x.clone()), "mean", (), given={"x": x})
        expect.close(got, 2.0, "mean", given={"x": x})

The message states the fact. A hint states a likely cause and is given on evidence only: if the
answer gave exactly what a known mistake gives.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NoReturn

import torch
from torch import Tensor

from .failure import Failure, Hint, KnownMistake, image_pair
from .outcomes import ImagePair
from .wording import describe, dtype_name, format_inputs, format_number, tell_apart

__all__ = [
    "ATOL",
    "RTOL",
    "Failure",
    "Hint",
    "KnownMistake",
    "close",
    "estimate",
    "fail",
    "several",
    "tensor",
    "that",
    "unchanged",
]

# Tolerances for float32 sums over a batch of images: a thousand times the rounding error, and a
# tenth of the smallest change that a real mistake makes.
RTOL = 1e-4
ATOL = 1e-4


def fail(message: str, hint: Hint | None = None, images: ImagePair | None = None) -> NoReturn:
    """Fail the check.

    Args:
        message: The expected and the actual value: "f: expected 2, got 3".
        hint: The likely cause, if it is known.
        images: Images to show with the message.

    Raises:
        Failure: Always.
    """
    raise Failure(message, hint, images)


def that(holds: bool, message: str, hint: Hint | None = None) -> None:  # noqa: FBT001 - it reads as a sentence
    """Fail with `message` unless the condition holds.

    Args:
        holds: The condition. Make it a `bool`: `bool(z.any())`.
        message: The expected and the actual value.
        hint: The likely cause, if it is known.

    Raises:
        Failure: If the condition does not hold.
    """
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
    """Return `value` if it is a finite floating-point tensor of exactly this shape and dtype.

    Args:
        value: What the answer returned.
        name: How messages name it: "mean", "mean_and_variance: variance".
        shape: The exact shape; `()` for a scalar.
        dtype: The exact dtype; None accepts every floating-point dtype.
        given: The inputs, by name, for the message.
        hint: Returns the likely cause for a wrong shape, or None.

    Raises:
        Failure: If it is anything else. If a batch of grey images `(n, 1, height, width)` is
            expected and images of another size came, these are shown.
    """
    for_inputs = format_inputs(given)
    wanted = f"a tensor of shape {tuple(shape)}" if shape else "a scalar tensor"
    if not isinstance(value, Tensor):
        fail(f"{name}: expected {wanted}, got {describe(value)}{for_inputs}")
    if tuple(value.shape) != tuple(shape):
        got = tuple(value.shape)
        images = None
        if len(shape) == 4 and shape[1] == 1:
            images = image_pair(None, value, (shape[2], shape[3]))
        fail(f"{name}: expected shape {tuple(shape)}, got {got}{for_inputs}", hint(got), images)
    if dtype is not None and value.dtype != dtype:
        fail(
            f"{name}: expected dtype {dtype_name(dtype)}, got {dtype_name(value.dtype)}{for_inputs}"
        )
    if not value.dtype.is_floating_point:
        fail(f"{name}: expected floating-point numbers, got {dtype_name(value.dtype)}{for_inputs}")
    if not _is_finite(value):
        kind = "nan" if bool(torch.isnan(value).any()) else "infinity"
        fail(f"{name}: expected finite numbers, got {kind}{for_inputs}")
    return value


def several(value: object, name: str, parts: Sequence[str]) -> Sequence[object]:
    """Return `value` if it is a tuple or list with one entry for each of `parts`.

    Args:
        value: What the answer returned.
        name: How messages name it: "mean_and_variance".
        parts: The names of the entries, for the message: ("mean", "variance").

    Raises:
        Failure: If it is no tuple or list, or has another length.
    """
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
    mistakes: Iterable[KnownMistake] = (),
    evidence: Callable[[], Hint | None] = lambda: None,
    images: tuple[Tensor, Tensor] | None = None,
) -> None:
    """Fail unless two tensors of one shape have equal values, up to a tolerance.

    The message names the element with the largest error.

    Args:
        got: The answer's tensor. Pass it through `tensor` first.
        wanted: The right values, of the same shape.
        name: The answer, or the answer and the value: "mean",
            "mean_and_variance: variance".
        unit: The unit that follows the expected number: "nats".
        given: The inputs, by name, for the message.
        rtol: Relative tolerance.
        atol: Absolute tolerance.
        mistakes: What known mistakes give on this input. If exactly one of them gives `got` and
            not `wanted`, its hint is given.
        evidence: Finds the cause in another way. It is called only if the values are wrong and
            `mistakes` explain nothing; what it raises is ignored.
        images: The expected and the actual images that the values were read from, each
            `(n, 1, height, width)`.

    Raises:
        Failure: If a value is off by more than `atol + rtol * |wanted|`.
        AssertionError: If the shapes differ: a mistake in the check, not in the answer.
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
    message = f"{answer}: expected {subject}{expected}{unit}{where}, got {came}"
    pair = image_pair(*images, images[0].shape[-2:]) if images else None
    cause = _matching(mistakes, value, right, rtol, atol) or _found_by(evidence)
    fail(f"{message}{format_inputs(given)}", cause, pair)


def unchanged(answer: str, **inputs: tuple[Tensor, Tensor]) -> None:
    """Fail if an input was changed in place.

    Args:
        answer: The answer's name.
        inputs: For each input, by name, the tensor that was passed and a clone made before.

    Raises:
        Failure: If the two differ; the message names the input.
    """
    for name, (now, before) in inputs.items():
        if not torch.equal(now.detach(), before):
            fail(f"{answer}: expected {name} to be left as it was, but it was changed in place")


def estimate(
    got: float,
    wanted: float,
    limit: float,
    name: str,
    detail: str,
    *,
    mistakes: Iterable[KnownMistake] = (),
    evidence: Callable[[], Hint | None] = lambda: None,
) -> None:
    """Fail unless a number measured on random draws is within `limit` of the right one.

    Args:
        got: The measured number.
        wanted: The right number.
        limit: How far a right answer may be off by chance; see `checkkit.sampling_limits`.
        name: The answer and the number: "sample_noise: standard deviation".
        detail: How the number was measured, for the message: "20,000 draws, 7 standard errors".
        mistakes: What known mistakes would measure, within a limit that grows in proportion. If
            exactly one of them explains `got`, its hint is given.
        evidence: As in `close`.

    Raises:
        Failure: If the number is further off.
    """
    if abs(got - wanted) <= limit:
        return
    answer, _, what = name.partition(": ")
    expected, came = tell_apart(wanted, got)
    found = set()
    for mistake in mistakes:
        value = float(mistake.value)
        allowed = limit * max(1.0, abs(value) / max(abs(wanted), limit))
        if abs(value - wanted) > limit + allowed and abs(got - value) <= allowed:
            found.add(Hint(mistake.hint, mistake.misconception))
    fail(
        f"{answer}: expected {what} {expected} ± {format_number(limit)} ({detail}), got {came}",
        found.pop() if len(found) == 1 else _found_by(evidence),
    )


def _is_finite(value: Tensor) -> bool:
    # A finite sum is proof in a tenth of the time; an infinite one may be an overflow.
    return math.isfinite(value.detach().sum().item()) or bool(torch.isfinite(value).all())


def _equal(value: Tensor, right: Tensor, rtol: float, atol: float) -> bool:
    return bool(torch.allclose(value, right, rtol=rtol, atol=atol))


def _worst(value: Tensor, right: Tensor, rtol: float, atol: float) -> tuple[int, ...]:
    """Return the index of the largest error, in units of the tolerance there."""
    excess = ((value - right).abs() / (atol + rtol * right.abs())).flatten()
    # The first of those that are nearly as large, so that rounding does not choose between them.
    place = int((excess >= 0.999 * excess.max()).nonzero()[0])
    places = []
    for size in reversed(value.shape):
        place, at = divmod(place, size)
        places.append(at)
    return tuple(reversed(places))


def _matching(
    mistakes: Iterable[KnownMistake], value: Tensor, right: Tensor, rtol: float, atol: float
) -> Hint | None:
    """Return the hint of the one mistake that gives `value`; None if none or several do."""
    found = set()
    for mistake in mistakes:
        wrong = torch.as_tensor(mistake.value, dtype=torch.float64).detach()
        if wrong.shape != value.shape or _equal(wrong, right, rtol, atol):
            continue
        if _equal(value, wrong, rtol, atol):
            found.add(Hint(mistake.hint, mistake.misconception))
    return found.pop() if len(found) == 1 else None


def _found_by(evidence: Callable[[], Hint | None]) -> Hint | None:
    """Return the hint that further evidence gives; None if the answer fails meanwhile."""
    try:
        return evidence()
    except Exception:  # noqa: BLE001 - the failure that is being reported comes first
        return None
