"""Exit statuses of commands, and the two errors that end a command with a single line."""

from __future__ import annotations

OK, WRONG, USAGE, INTERRUPTED = 0, 1, 2, 130


class CannotRunError(RuntimeError):
    """The engine does not work on this machine; no submission is to blame."""


class UsageError(ValueError):
    """An option or a file of the course cannot be used; the message says what to do instead."""
