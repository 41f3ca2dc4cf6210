"""How a command ends: its exit status, and the two errors that end one with a single line."""

from __future__ import annotations

OK, WRONG, USAGE, INTERRUPTED = 0, 1, 2, 130


class CannotRunError(RuntimeError):
    """Something of ours that does not work on this machine; no submission is to blame."""


class UsageError(ValueError):
    """Something on the command line that cannot be done; the message says what to do instead."""
