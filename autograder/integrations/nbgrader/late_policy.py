"""What lateness costs in nbgrader's gradebook, by the rubric's section `[late]`."""

# mypy: disable-error-code="import-untyped, misc"
# nbgrader carries no types.
from __future__ import annotations

import math

from nbgrader.plugins import BasePlugin
from traitlets import Float

_DAY = 24 * 60 * 60


class LatePolicy(BasePlugin):
    """Takes a share of what was earned for each day begun."""

    percent_per_day = Float(0.0, help="of what was earned, for each day begun").tag(config=True)
    grace_minutes = Float(0.0, help="how late is not late yet").tag(config=True)
    at_most_percent = Float(100.0, help="the most that lateness costs").tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points that a submission loses; None if none."""
        seconds = total_seconds_late - 60 * self.grace_minutes
        if seconds <= 0:
            return None
        days = math.ceil(seconds / _DAY)
        percent = min(self.percent_per_day * days, self.at_most_percent)
        self.log.info("%s is %s days late: %s %% less", student_id, days, percent)
        return score * percent / 100
