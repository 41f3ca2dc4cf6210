"""What people see while and after work is done: a progress bar, and text that is only shown."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress_bar(total: int, label: str = "grading") -> Iterator[Callable[[int], None]]:
    """Show a bar with the time left on a terminal, nothing elsewhere.

    It is redrawn by hand: rich's own way is a thread, and beside a thread no process may fork.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, auto_refresh=False, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(label, total=total)

        def advance(steps: int) -> None:
            bar.advance(task, steps)
            bar.refresh()

        yield advance


def printable(text: str, limit: int = 200) -> Text:
    """Return text that a terminal shows and does not obey."""
    shown = "".join(letter if letter.isprintable() else "�" for letter in text)
    return Text(shown if len(shown) <= limit else shown[: limit - 1] + "…")
