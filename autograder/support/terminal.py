"""Terminal output: a progress bar, and untrusted text without control characters."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from autograder.support.files import printable_name

if TYPE_CHECKING:
    from collections.abc import Iterator


class Advance(Protocol):
    """Advances a progress bar."""

    def __call__(self, steps: int, status: str = "") -> None:
        """Advance the bar by `steps` and show `status` beside it."""


@contextmanager
def progress_bar(
    total: int, label: str = "grading", console: Console | None = None
) -> Iterator[Advance]:
    """Show a progress bar with the time left on a terminal, and nothing elsewhere.

    Yields a function that advances the bar. The bar is redrawn only then: the automatic refresh of
    rich is a thread, and a process with threads must not fork.
    """
    console = console or Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[status]}", markup=False),
    )
    with Progress(
        *columns, console=console, auto_refresh=False, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(label, total=total, status="")

        def advance(steps: int, status: str = "") -> None:
            bar.update(task, advance=steps, status=status)
            bar.refresh()

        yield advance


def printable(text: str, limit: int = 200) -> Text:
    """Return text without control characters, cut to `limit` characters."""
    return Text(printable_name(text, limit))
