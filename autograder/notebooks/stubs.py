"""The stub of an answer: the text of its cell before a student changed it."""

from __future__ import annotations

from collections.abc import Iterator

STUB = "raise NotImplementedError"  # what nbgrader puts in the place of a solution


def without_whitespace(text: str) -> str:
    """Return the text without whitespace, to compare what was typed."""
    return "".join(text.split())


def released_stub(source: str) -> str:
    """Return a stub as students get it: nbgrader replaces each solution by its own text."""
    return "\n".join(_released_lines(source))


def _released_lines(source: str) -> Iterator[str]:
    inside = False
    for line in source.split("\n"):
        if "BEGIN SOLUTION" in line:
            inside = True
            yield line[: len(line) - len(line.lstrip())] + STUB
        elif "END SOLUTION" in line:
            inside = False
        elif not inside:
            yield line
