"""What people see while and after work is done: a progress bar, and text that is only shown."""

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

if TYPE_CHECKING:
    from collections.abc import Iterator


class Advance(Protocol):
    """Moves a bar on."""

    def __call__(self, steps: int, told: str = "") -> None:
        """Move on by so many steps; `told` says how things stand."""


@contextmanager
def progress_bar(
    total: int, label: str = "grading", console: Console | None = None
) -> Iterator[Advance]:
    """Show a bar with the time left on a terminal, nothing elsewhere.

    What it yields moves the bar on by some steps, and says how things stand.

    It is redrawn by hand: rich's own way is a thread, and beside a thread no process may fork.
    """
    console = console or Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[told]}", markup=False),
    )
    with Progress(
        *columns, console=console, auto_refresh=False, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(label, total=total, told="")

        def advance(steps: int, told: str = "") -> None:
            bar.update(task, advance=steps, told=told)
            bar.refresh()

        yield advance


def printable(text: str, limit: int = 200) -> Text:
    """Return text that a terminal shows and does not obey."""
    shown = "".join(letter if letter.isprintable() else "�" for letter in text)
    return Text(shown if len(shown) <= limit else shown[: limit - 1] + "…")
