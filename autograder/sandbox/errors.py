"""What can go wrong on the other side of the wall, and how it is told on this side."""

from __future__ import annotations

import traceback
from typing import Any, Literal

MAX_MESSAGE = 500  # characters of a student's own message that a page may show

Reason = Literal["closed", "late", "nonsense"]


def clean(text: object, limit: int = MAX_MESSAGE) -> str:
    """Return text from the other side, cut, on one line, with nothing a terminal would act on."""
    words = " ".join(str(text)[: 4 * limit].split())
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


class RemoteError(Exception):
    """What was called on the other side raised.

    Attributes:
        outcome: `error`, as results name it: the student's code raised.
        kind: The exception's type.
        text: Its message.
        where: The line of the notebook that raised, or "".
    """

    outcome = "error"

    def __init__(self, kind: str, text: str, where: str) -> None:
        super().__init__(kind, text, where)
        self.kind, self.text, self.where = kind, text, where

    @property
    def message(self) -> str:
        """The one line that students read."""
        said = f"{self.kind}: {self.text}" if self.text else self.kind
        return f"{said} ({self.where})" if self.where else said

    def __str__(self) -> str:
        return self.message

    @staticmethod
    def describe(raised: BaseException) -> dict[str, str]:
        """Return an exception as plain data, to be sent."""
        if isinstance(raised, RemoteError):  # it has already crossed the wall once
            return {"kind": raised.kind, "text": raised.text, "where": raised.where}
        try:
            text = clean(raised)
        except Exception:  # noqa: BLE001 - a student's __str__ may do anything
            text = ""
        return {"kind": clean(type(raised).__name__, 60), "text": text, "where": _where(raised)}

    @classmethod
    def from_wire(cls, coded: Any) -> RemoteError:
        """Return the exception that `describe` described; anything missing is left empty."""
        fields = coded if isinstance(coded, dict) else {}
        return cls(
            clean(fields.get("kind", "Exception"), 60),
            clean(fields.get("text", "")),
            clean(fields.get("where", ""), 200),
        )


class Gone(BaseException):
    """The other side is no more: it ended, hung, or talked nonsense.

    Not an Exception, so that Hypothesis stops at once and does not try to shrink a hang.

    Attributes:
        outcome: `timeout` or `error`, as results name it.
        message: The one line that students read.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail
        self.outcome = "timeout" if reason == "late" else "error"

    @property
    def message(self) -> str:
        """The one line that students read."""
        said = {
            "late": "the code did not come back in time",
            "closed": "the code ended the process that it ran in",
            "nonsense": "the code broke the connection to the grader",
        }[self.reason]
        return f"{said} ({self.detail})" if self.detail else said


def _where(raised: BaseException) -> str:
    """Return the innermost line of the notebook in an exception's traceback."""
    frames = traceback.extract_tb(raised.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith("<cell ")]
    if not ours:
        return ""
    return f"line {ours[-1].lineno} of {ours[-1].filename.strip('<>')}"
