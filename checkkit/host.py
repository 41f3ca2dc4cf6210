"""The process that the answers are in: the notebook's own, or one behind the wall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from .artifacts import Isolated

__all__ = ["IN_PROCESS", "CheckHost", "offered_by", "offers"]

_Class = TypeVar("_Class", bound=type)
_OFFERED = "__offered_to_answers__"


def offers(*methods: str) -> Callable[[_Class], _Class]:
    """Decorate the class of a check's own object with the methods that answers may call.

    An answer calls such an object through a proxy, and its methods run in the grader. Offer what
    the question's contract needs and nothing else. Of a module, an answer may always call `forward`
    and set the mode.
    """

    def decorate(cls: _Class) -> _Class:
        setattr(cls, _OFFERED, frozenset(methods))
        return cls

    return decorate


def offered_by(cls: type) -> frozenset[str]:
    """Return the methods that a class offers to answers."""
    offered: frozenset[str] = getattr(cls, _OFFERED, frozenset())
    return offered


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
            earlier calls. Checks get it as the fixture `fresh_copy`. The next copy may end this
            one, and the model that it copies, so use one after the other.
        isolated: Gives the answers in a separate process, for artifacts; None for this process.
    """

    before_each: Callable[[str], None] = _do_nothing
    fresh_copy: Callable[[Any], Any] = _same
    isolated: Isolated | None = None


IN_PROCESS = CheckHost()
