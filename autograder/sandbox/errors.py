"""The errors that cross the wall between a grader and a worker, and their messages."""

from __future__ import annotations

import traceback
from typing import Any, Literal

MAX_MESSAGE = 500  # characters of an exception's text that a page may show

Reason = Literal["closed", "killed", "late", "nonsense"]


def clean(text: object, limit: int = MAX_MESSAGE) -> str:
    """Return text from the other end, shortened, on one line, without control characters."""
    words = " ".join(str(text)[: 4 * limit].split())
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


class RemoteError(Exception):
    """A call raised an exception at the other end.

    Attributes:
        outcome: `error`, the outcome of a check whose answer raised.
        kind: The exception's type.
        text: The exception's message.
        where: The notebook's line that raised, or "".
        message: The line that students read.
    """

    outcome = "error"

    def __init__(self, kind: str, text: str, where: str) -> None:
        super().__init__(kind, text, where)
        self.kind, self.text, self.where = kind, text, where

    @property
    def message(self) -> str:
        """The line that students read."""
        said = f"{self.kind}: {self.text}" if self.text else self.kind
        return f"{said} ({self.where})" if self.where else said

    def __str__(self) -> str:
        return self.message

    @staticmethod
    def describe(raised: BaseException) -> dict[str, str]:
        """Return an exception as plain data for the wire."""
        if isinstance(raised, RemoteError):  # it comes from the other end
            return {"kind": raised.kind, "text": raised.text, "where": raised.where}
        try:
            text = clean(raised)
        except Exception:  # noqa: BLE001 - a student's __str__ may do anything
            text = ""
        return {"kind": clean(type(raised).__name__, 60), "text": text, "where": _where(raised)}

    @classmethod
    def from_wire(cls, coded: Any) -> RemoteError:
        """Return the exception that `describe` has described; missing fields are left empty."""
        fields = coded if isinstance(coded, dict) else {}
        return cls(
            clean(fields.get("kind", "Exception"), 60),
            clean(fields.get("text", "")),
            clean(fields.get("where", ""), 200),
        )


class Gone(BaseException):
    """The other end is gone: it ended, hung, or sent data that is no answer.

    Not an `Exception`, so that Hypothesis stops at once instead of shrinking a hang.

    Attributes:
        reason: `closed`, `killed` (from outside, as by the system when memory is short), `late`, or
            `nonsense`.
        detail: What the message adds in brackets, or "".
        outcome: The outcome of the check that made the call: `timeout`, `error`, or, if the
            answer is not to blame, `grader_error`.
        message: The line that students read.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail

    @property
    def outcome(self) -> str:
        """The outcome of the check that made the call."""
        return {"late": "timeout", "killed": "grader_error"}.get(self.reason, "error")

    @property
    def message(self) -> str:
        """The line that students read."""
        said = {
            "late": "the code did not come back in time",
            "killed": "the process that the code ran in was killed from outside",
            "closed": "the code ended the process that it ran in",
            "nonsense": "the code broke the connection to the grader",
        }[self.reason]
        return f"{said} ({self.detail})" if self.detail else said


def _where(raised: BaseException) -> str:
    """Return the notebook's innermost line in an exception's traceback, or ""."""
    frames = traceback.extract_tb(raised.__traceback__)
    in_cells = [frame for frame in frames if frame.filename.startswith("<cell ")]
    if not in_cells:
        return ""
    return f"line {in_cells[-1].lineno} of {in_cells[-1].filename.strip('<>')}"
