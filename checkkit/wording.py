"""How messages write numbers, tensors and whatever else an answer gives: short, plain and safe."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

__all__ = [
    "describe",
    "dtype_name",
    "format_inputs",
    "format_number",
    "format_value",
    "plain",
    "tell_apart",
]

# The longest text of an answer that a message repeats: enough to recognize it.
LONGEST_TEXT = 80
# Tensors with at most this many numbers are written in full.
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
    """Return text that comes from an answer on one line, cut, with control characters escaped."""
    cut = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
    # Unprintable are control characters, line separators, and marks that reverse the direction.
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in cut)


def format_value(value: object) -> str:
    """Return an input as a short text: small tensors in full, others by their shape."""
    if not isinstance(value, Tensor):
        return format_number(value) if isinstance(value, float) else plain(str(value))
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


def format_number(value: float, digits: int = 3) -> str:
    """Return a number to `digits` decimals; very small and very large ones in powers of ten."""
    if abs(value) < 1e6 and value == round(value):
        return str(round(value))
    if 10**-digits * 10 <= abs(value) < 1e6:
        return f"{value:.{digits}f}"
    return f"{value:.{digits}g}"


def tell_apart(expected: float, came: float) -> tuple[str, str]:
    """Return both numbers with as many digits as it takes to see that they differ."""
    for digits in range(3, 9):
        texts = format_number(expected, digits), format_number(came, digits)
        if texts[0] != texts[1]:
            return texts
    return repr(expected), repr(came)


def format_inputs(given: Mapping[str, object] | None) -> str:
    """Return ` (name=value, …)`, the end of a message; empty if there are no inputs."""
    if not given:
        return ""
    return f" ({', '.join(f'{name}={format_value(value)}' for name, value in given.items())})"


def dtype_name(dtype: torch.dtype) -> str:
    """Return a dtype as students write it: `float32`."""
    return str(dtype).removeprefix("torch.")
