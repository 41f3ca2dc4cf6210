"""What a check can come to, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

Outcome = Literal["passed", "failed", "error", "timeout", "blocked", "grader_error"]
"""passed · failed (the answer is wrong) · error (the answer raised) · timeout (it did not come
back) · blocked (what the check needs is missing) · grader_error (ours; it never costs points)."""


class Pictures(NamedTuple):
    """Pictures to show side by side, each ``(n, height, width)``, black 0 and white 1."""

    expected: np.ndarray | None
    """None where nothing but the size is known beforehand."""
    got: np.ndarray


class Shown(NamedTuple):
    """What a check shows of an answer besides its verdict."""

    name: str
    caption: str
    values: np.ndarray
    """Pictures ``(…, height, width)``, or the numbers of a curve ``(n,)``."""


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    Attributes:
        id: The check's name, a sentence in snake_case.
        title: The first line of the check's docstring, as students read it.
        outcome: One of `Outcome`.
        message: What was expected and what came, with the smallest input; empty when passed.
        hint: The likely cause, only where the evidence shows it.
        misconception: The name of the known mistake that the hint is about, if any.
        seconds: Wall-clock time; the one field that differs from run to run.
        pictures: What was expected and what came, where these are pictures.
        where: The line of the notebook in which the answer raised, if it did.
        shown: What the check showed by the fixture `show`.
    """

    id: str
    title: str
    outcome: Outcome
    message: str = ""
    hint: str | None = None
    misconception: str | None = None
    seconds: float = 0.0
    pictures: Pictures | None = field(default=None, compare=False, repr=False)
    where: str = ""
    shown: tuple[Shown, ...] = field(default=(), compare=False, repr=False)
