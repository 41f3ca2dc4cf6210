"""What the notebook imports: `check`, which runs the visible checks of a question."""

from __future__ import annotations

from pathlib import Path

from checkkit.notebook import VisibleChecks

# What the notebook shows; the rubric decides.
VISIBLE_CHECKS = VisibleChecks(
    folder=Path(__file__).parent / "checks",
    answers={"standardize": "standardize"},
    totals={"standardize": 10},
)
check = VISIBLE_CHECKS.check
