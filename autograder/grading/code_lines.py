"""Find the line of a student's code that a failure is about.

An exception names its line, and so does a syntax error. Any other failure is about a function: its
message begins with the function's name, and the line is the one in which the function begins. If
that line is not in the student's cells, no line is given: a guess would mislead.

The code is searched, not parsed: some inputs crash Python's parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from autograder.grading.cell_selection import SelectedCells
from autograder.results.model import CheckResult, CodeLine, QuestionResult
from autograder.sandbox.errors import clean

_RAISED = re.compile(r"\(line (\d+) of cell ([^()]+)\)$")  # as the sandbox ends such a message
_SYNTAX = re.compile(r"syntax error in line (\d+):")
_SUBJECT = re.compile(r"(\w+)(?:\.(\w+))?(?:\([^()]*\))?: ")
_LONGEST = 120  # characters of a line that a page repeats
# The outcomes whose messages may be about one function; those of timeouts never are.
_JUDGED = frozenset({"failed", "error", "blocked"})


def with_code_lines(result: QuestionResult, selected: SelectedCells) -> QuestionResult:
    """Return a question's result with the lines of the failures that cost points."""
    sources = _sources(result.id, selected)
    return result.with_checks(
        replace(check, code=_line_of(check, result.id, sources)) for check in result.checks
    )


def _sources(question: str, selected: SelectedCells) -> dict[str, str]:
    """Return the cells that may contain a question's answer, the last one, which counts, first."""
    return {
        cell.id: cell.source
        for cell in reversed(selected.cells)
        if selected.owner.get(cell.id, question if cell.kind == "extra" else "") == question
    }


def _line_of(check: CheckResult, question: str, sources: Mapping[str, str]) -> CodeLine | None:
    if check.outcome not in _JUDGED or not check.counts_against:
        return None
    if found := _RAISED.search(check.message):
        return _quoted(found[2], int(found[1]), sources, begins=False)
    if found := _SYNTAX.search(check.message):
        return _quoted(question, int(found[1]), sources, begins=False)
    found = _SUBJECT.match(check.message)
    return next(_definitions(found[1], found[2], sources), None) if found else None


def _definitions(name: str, method: str | None, sources: Mapping[str, str]) -> Iterator[CodeLine]:
    """Yield where a function, or a method of a class, begins; the definition that counts first."""
    for cell, source in sources.items():
        kind = "class" if method else "(?:async +)?def"
        for outer in reversed(list(re.finditer(rf"^{kind} +{name}\b", source, re.MULTILINE))):
            start = outer.start()
            if method:
                inner = re.compile(rf"^[ \t]+(?:async +)?def +{method}\b", re.MULTILINE)
                following = re.compile(r"^(?:class|def|async)\b", re.MULTILINE)
                end = following.search(source, outer.end())
                found = inner.search(source, outer.end(), end.start() if end else len(source))
                if found is None:
                    continue
                start = found.start()
            line = _quoted(cell, source.count("\n", 0, start) + 1, sources, begins=True)
            if line:
                yield line


def _quoted(cell: str, number: int, sources: Mapping[str, str], *, begins: bool) -> CodeLine | None:
    lines = sources.get(cell, "").split("\n")
    text = clean(lines[number - 1], _LONGEST) if 0 < number <= len(lines) else ""
    return CodeLine(cell, number, text, begins) if text else None
