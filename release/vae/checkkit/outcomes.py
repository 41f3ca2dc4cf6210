"""The result of a check, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

__all__ = ["Artifact", "CheckReport", "ImagePair", "Outcome"]

Outcome = Literal["passed", "failed", "error", "timeout", "blocked", "grader_error"]
"""passed · failed (the answer is wrong) · error (the answer raised) · timeout (the answer did not
return) · blocked (what the check needs is missing) · grader_error (ours; it never costs points)."""


class ImagePair(NamedTuple):
    """Grey images to show side by side, each ``(n, height, width)``, black 0 and white 1."""

    expected: np.ndarray | None
    """The expected images; None where only their size is known."""
    got: np.ndarray
    """The images that the answer gave."""
    size: tuple[int, int]
    """The expected height and width."""


class Artifact(NamedTuple):
    """Images or a curve that a check shows besides its outcome; worth no points."""

    name: str
    caption: str
    values: np.ndarray
    """Images ``(…, height, width)``, or the numbers of a curve ``(n,)``."""


@dataclass(frozen=True)
class CheckReport:
    """The result of one check.

    Attributes:
        id: The check's name, a sentence in snake_case.
        title: The first line of the check's docstring; students read it.
        outcome: One of `Outcome`.
        message: The expected and the actual value, with the smallest failing input; empty if the
            check passed.
        hint: The likely cause; only where the evidence shows it.
        misconception: The name of the known mistake that the hint is about, if any.
        seconds: Wall-clock time; the one field that differs from run to run.
        images: The expected and the actual images, if the check compared images.
        where: The line of the notebook that raised, if one did.
        artifacts: What the check added to the fixture `artifacts`.
    """

    id: str
    title: str
    outcome: Outcome
    message: str = ""
    hint: str | None = None
    misconception: str | None = None
    seconds: float = 0.0
    images: ImagePair | None = field(default=None, compare=False, repr=False)
    where: str = ""
    artifacts: tuple[Artifact, ...] = field(default=(), compare=False, repr=False)
