"""Where the answers are: in the student's own process, or behind a wall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .artifacts import Isolated


def _the_same(answer: Any) -> Any:  # noqa: ANN401 - an answer is anything
    return answer


def _nothing(_check_id: str) -> None:
    pass


@dataclass(frozen=True)
class CheckHost:
    """What checks may ask of the place that the answers are in; here, in the notebook's process.

    Attributes:
        before_each: Called with the check's id before each check.
        afresh: From an answer to the same answer in a process that has seen nothing of the earlier
            calls; checks have it as a fixture.
        aside: Gives the answers in a process apart, for pictures; None: they are made here.
    """

    before_each: Callable[[str], None] = _nothing
    fresh_copy: Callable[[Any], Any] = _the_same
    isolated: Isolated | None = None


IN_PROCESS = CheckHost()
