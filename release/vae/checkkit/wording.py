"""How checks write numbers, tensors and whatever else an answer may give: short, plain and safe."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

# Longest piece of text from an answer that a message repeats: enough to recognise it by.
LONGEST_TEXT = 80
# Tensors with at most so many numbers are written out in full.
MOST_NUMBERS = 6


def describe(value: object) -> str:
    """Return a few words for whatever an answer gave, safe to show."""
    if value is None:
        return "None"
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, bool | int | float):
        return f"the number {value}" if not isinstance(value, bool) else str(value)
    if isinstance(value, str):
        return f"the text “{plain(value)}”"
    kind = plain(type(value).__name__)
    if isinstance(value, tuple | list):
        return f"a {kind} of {len(value)}"
    return f"an object of type {kind}"


def plain(text: str) -> str:
    """Return text of an answer's making on one line, cut, and with nothing in it that acts."""
    cut = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
    # unprintable is: control characters, line separators, marks that turn the reading direction
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in cut)


def show(value: object) -> str:
    """Return an input as a short text: small tensors in full, others by their shape."""
    if not isinstance(value, Tensor):
        return number(value) if isinstance(value, float) else plain(str(value))
    if value.numel() > MOST_NUMBERS:
        first = value.detach().flatten()[0]
        if bool((value == first).all()):
            return f"{_entry(first.item())} everywhere"
        return f"tensor of shape {tuple(value.shape)}"
    return _nested(value.detach().tolist())


def _nested(values: object) -> str:
    if isinstance(values, list):
        return f"[{', '.join(map(_nested, values))}]"
    return _entry(float(str(values)))


def _entry(value: float) -> str:
    """Return a number as PyTorch prints it: `0.`, `1.`, `0.25`."""
    text = f"{value:.4g}"
    return text if any(c in text for c in ".en") else f"{text}."


def number(value: float, digits: int = 3) -> str:
    """Return a number to `digits` decimals, or in powers of ten where those say nothing."""
    if abs(value) < 1e6 and value == round(value):
        return str(round(value))
    if 10**-digits * 10 <= abs(value) < 1e6:
        return f"{value:.{digits}f}"
    return f"{value:.{digits}g}"


def tell_apart(expected: float, came: float) -> tuple[str, str]:
    """Return both numbers with as many digits as it takes to see that they differ."""
    for digits in range(3, 9):
        texts = number(expected, digits), number(came, digits)
        if texts[0] != texts[1]:
            return texts
    return repr(expected), repr(came)


def inputs(given: Mapping[str, object] | None) -> str:
    """Return the inputs in brackets, to follow what came of them."""
    if not given:
        return ""
    return f" ({', '.join(f'{name}={show(value)}' for name, value in given.items())})"


def dtype_name(dtype: torch.dtype) -> str:
    """Return a dtype as students write it: `float32`."""
    return str(dtype).removeprefix("torch.")
