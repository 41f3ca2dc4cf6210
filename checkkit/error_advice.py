"""What PyTorch's own errors mean here, in words that say what to look at."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final


def _multiplied(found: re.Match[str]) -> str:
    came, made_for = found[1], found[2]
    return f"{came} numbers a picture arrive at this layer, and it was made for {made_for}"


def _viewed(found: re.Match[str]) -> str:
    """Return a hint if the first number of a shape stands for another batch than came."""
    wanted, size = [int(n) for n in found[1].split(",")], int(found[2])
    rest = math.prod(wanted[1:])
    if wanted[0] < 0 or rest <= 0 or size % rest or size // rest == wanted[0]:
        return ""
    return f"{size // rest} pictures came, and this line asks for {wanted[0]}: the batch may vary"


ADVICE: Final[tuple[tuple[str, Callable[[re.Match[str]], str]], ...]] = (
    (r"cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)", _multiplied),
    (r"shape '\[([-\d, ]+)\]' is invalid for input of size (\d+)", _viewed),
    (
        r"The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)",
        lambda found: (
            f"{found[1]} numbers meet {found[2]}: is one of the two written into the code?"
        ),
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        lambda _found: "gradients do not pass through NumPy: stay with torch's own functions",
    ),
    (
        r"cannot assign (module|parameters) before Module.__init__",
        lambda _found: "super().__init__() comes first in __init__, before any layer",
    ),
    (
        r"takes (\d+) positional arguments? but (\d+) w",
        lambda _found: (
            "compare the arguments with those in the docstring; a method begins with self"
        ),
    ),
    (
        r"encode takes \(batch, 1, 28, 28\), got \(1, 28, 28\)",
        lambda _found: "a model takes batches; x1 and x2 are one picture each",
    ),
)


def advice(message: str) -> str:
    """Return one line on a message of an error, or nothing."""
    for pattern, words in ADVICE:
        found = re.search(pattern, message)
        if found:
            return words(found)
    return ""
