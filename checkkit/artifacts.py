"""What a check shows besides its verdict: pictures and curves, which are worth no points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import numpy as np
from torch import Tensor

from .outcomes import Shown

Answers = Mapping[str, Any]
Isolated = Callable[[], AbstractContextManager[Answers]]


class Show:
    """Collects what the running check shows; checks have it as the fixture `show`.

    Nothing that goes wrong here is told: a picture that cannot be made is not there.

    Args:
        aside: Gives the answers, by name, in a place where nothing can disturb a check.
    """

    def __init__(self, isolated: Isolated) -> None:
        self._isolated = isolated
        self._shown: list[Shown] = []
        self._last: list[Callable[[Answers], None]] = []

    def __call__(self, name: str, values: Tensor | Sequence[float], caption: str) -> None:
        """Show pictures, (…, height, width) from 0 to 1, or a curve's numbers."""
        with suppress(Exception):
            plain = values.detach().cpu().float().numpy() if isinstance(values, Tensor) else values
            self._shown.append(Shown(name, caption, np.array(plain, dtype=np.float32)))

    def last(self, make: Callable[[Answers], None]) -> None:
        """Leave for last what calls an answer: `make` is called when the check has its outcome."""
        self._last.append(make)

    def collect(self) -> tuple[Shown, ...]:
        """Return all that the check has shown, and begin anew."""
        waiting, self._last = self._last, []
        if waiting:
            with _passed_over(), self._isolated() as answers:
                for make in waiting:
                    with _passed_over():
                        make(answers)
        shown, self._shown = tuple(self._shown), []
        return shown


@contextmanager
def _passed_over() -> Iterator[None]:
    """Pass over whatever an answer does, its end or a hang too; but not the user's Ctrl-C."""
    try:
        yield
    except BaseException as raised:
        if not isinstance(raised, Exception) and not hasattr(raised, "outcome"):
            raise
