"""Images and curves that a check shows besides its outcome; they are worth no points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import numpy as np
from torch import Tensor

from .outcomes import Artifact

__all__ = ["Answers", "ArtifactRecorder", "Isolated"]

Answers = Mapping[str, Any]
Isolated = Callable[[], AbstractContextManager[Answers]]


class ArtifactRecorder:
    """Record what the running check shows; checks get it as the fixture `artifacts`.

    Errors are never reported: an artifact that cannot be made is left out.

    Args:
        isolated: Returns a context manager that gives the answers by name, in a process that no
            check depends on.
    """

    def __init__(self, isolated: Isolated) -> None:
        self._isolated = isolated
        self._artifacts: list[Artifact] = []
        self._later: list[Callable[[Answers], None]] = []

    def add(self, name: str, values: Tensor | Sequence[float], caption: str) -> None:
        """Record an artifact.

        Args:
            name: A short title.
            values: Images ``(…, height, width)`` from 0 to 1, or the numbers of a curve.
            caption: One or two sentences for the student.
        """
        with suppress(Exception):
            plain = values.detach().cpu().float().numpy() if isinstance(values, Tensor) else values
            self._artifacts.append(Artifact(name, caption, np.array(plain, dtype=np.float32)))

    def add_later(self, make: Callable[[Answers], None]) -> None:
        """Call `make` with the answers when the check has its outcome.

        Use it for artifacts that call an answer: whatever the answer does then, the outcome stands.
        """
        self._later.append(make)

    def collect(self) -> tuple[Artifact, ...]:
        """Return all artifacts of the check and forget them."""
        waiting, self._later = self._later, []
        if waiting:
            with _errors_ignored(), self._isolated() as answers:
                for make in waiting:
                    with _errors_ignored():
                        make(answers)
        artifacts, self._artifacts = tuple(self._artifacts), []
        return artifacts


@contextmanager
def _errors_ignored() -> Iterator[None]:
    """Ignore whatever an answer raises, timeouts and dead processes included, but not Ctrl-C."""
    try:
        yield
    except BaseException as raised:
        # errors of an answer carry an outcome, even those that are no `Exception`
        if not isinstance(raised, Exception) and not hasattr(raised, "outcome"):
            raise
