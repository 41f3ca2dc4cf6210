"""The process that the answers are in: the notebook's own, or one behind the wall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .artifacts import Isolated

__all__ = ["IN_PROCESS", "CheckHost"]


def _same(answer: Any) -> Any:  # noqa: ANN401 - an answer can be anything
    return answer


def _do_nothing(_check_id: str) -> None:
    pass


@dataclass(frozen=True)
class CheckHost:
    """What checks may ask of the process that the answers are in. Defaults: this process.

    Attributes:
        before_each: Called before each check, with the check's id.
        fresh_copy: Takes an answer and returns the same answer in a process that has not seen the
            earlier calls. Checks get it as the fixture `fresh_copy`.
        isolated: Gives the answers in a separate process, for artifacts; None for this process.
    """

    before_each: Callable[[str], None] = _do_nothing
    fresh_copy: Callable[[Any], Any] = _same
    isolated: Isolated | None = None


IN_PROCESS = CheckHost()
