"""Submissions that attack: what they do, the stage they are graded on, and what must come of it."""

from __future__ import annotations

from tests.hostile import forging, outside, resources, values

ATTACKS = [*resources.ATTACKS, *outside.ATTACKS, *forging.ATTACKS, *values.ATTACKS]
