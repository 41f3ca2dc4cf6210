"""One line of advice on PyTorch's own errors, in words that say what to look at."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Final

__all__ = ["advice"]


def _multiplied(found: re.Match[str], example: str) -> str:
    came, made_for = found[1], found[2]
    return f"{came} numbers a {example} arrive at this layer, and it was made for {made_for}"


def _viewed(found: re.Match[str], example: str) -> str:
    """Return a hint if the first number of a shape is a batch size other than the actual one."""
    wanted, size = [int(n) for n in found[1].split(",")], int(found[2])
    rest = math.prod(wanted[1:])
    if wanted[0] < 0 or rest <= 0 or size % rest or size // rest == wanted[0]:
        return ""
    return f"{size // rest} {example}s came, and this line asks for {wanted[0]}: the batch may vary"


_ADVICE: Final[tuple[tuple[str, Callable[[re.Match[str], str], str]], ...]] = (
    (r"cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)", _multiplied),
    (r"shape '\[([-\d, ]+)\]' is invalid for input of size (\d+)", _viewed),
    (
        r"The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)",
        lambda found, _example: (
            f"{found[1]} numbers meet {found[2]}: is one of the two written into the code?"
        ),
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        lambda _found, _example: (
            "gradients do not pass through NumPy: stay with torch's own functions"
        ),
    ),
    (
        r"cannot assign (module|parameters) before Module.__init__",
        lambda _found, _example: "super().__init__() comes first in __init__, before any layer",
    ),
    (
        r"takes (\d+) positional arguments? but (\d+) w",
        lambda _found, _example: (
            "compare the arguments with those in the docstring; a method begins with self"
        ),
    ),
)


def advice(message: str, example: str = "example", more: Iterable[tuple[str, str]] = ()) -> str:
    """Return one line of advice on an error message, or an empty string.

    Args:
        message: The error message.
        example: What one row of a batch is, as a word: "picture".
        more: Further advice of a course: a regular expression and the line for it.
    """
    for pattern, words in _ADVICE:
        found = re.search(pattern, message)
        if found:
            return words(found, example)
    return next((line for pattern, line in more if re.search(pattern, message)), "")
