"""Malicious submissions, the course they attack, and the checks that each attack is contained."""

from __future__ import annotations

from tests.hostile import costs, forging, neighbours, outside, resources, values

ATTACKS = [
    *resources.ATTACKS,
    *outside.ATTACKS,
    *neighbours.ATTACKS,
    *forging.ATTACKS,
    *values.ATTACKS,
    *costs.ATTACKS,
]
