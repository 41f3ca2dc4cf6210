"""Late penalties in nbgrader's gradebook, from the rubric's section `[late]`."""

# mypy: disable-error-code="import-untyped, misc"
# nbgrader has no type hints.
from __future__ import annotations

import math

from nbgrader.plugins import BasePlugin
from traitlets import Float

_DAY = 24 * 60 * 60


class LatePolicy(BasePlugin):
    """Deducts a share of the score for each day or part of a day."""

    percent_per_day = Float(0.0, help="share of the score per day or part of a day").tag(
        config=True
    )
    grace_minutes = Float(0.0, help="delay without a penalty").tag(config=True)
    at_most_percent = Float(100.0, help="maximum penalty").tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points to deduct; None for no penalty."""
        lost = self.points_lost(score, total_seconds_late)
        if lost:
            self.log.info("%s is late: less %.2f of %.2f points", student_id, lost, score)
        return lost or None

    def points_lost(self, score: float, seconds_late: float) -> float:
        """Return the points that lateness costs."""
        seconds = seconds_late - 60 * self.grace_minutes
        days = math.ceil(seconds / _DAY) if seconds > 0 else 0
        percent = min(self.percent_per_day * days, self.at_most_percent)
        return score * percent / 100
