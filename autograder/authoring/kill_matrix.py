"""The kill matrix: which check catches which known mistake, as plain data and as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.assignment.answer_bank import BankEntry
    from autograder.assignment.model import Question
    from autograder.results.model import Result

# Per mistake: `question`, `caught_by`, `failed` (outcome by check), `named`, `score`, `max_score`.
Mistakes = Mapping[str, Mapping[str, Any]]

LEGEND = """\
Each row is a known mistake, each column a check: ■ is the check that must catch it, · another
check that it fails. After these come the points it keeps, and whether the diagnosis names the
mistake (✓) or one that no input can tell from it (=)."""


def kill_matrix(entries: Sequence[BankEntry], results: Mapping[str, Result]) -> dict[str, Any]:
    """Return which checks each mistake fails, and how many mistakes each check catches."""
    mistakes: dict[str, dict[str, Any]] = {}
    catches: dict[str, int] = {}
    for entry in entries:
        if entry.stem not in results:
            continue
        question = results[entry.stem].question(entry.question)
        failed = {check.id: check.outcome for check in question.checks if check.outcome != "passed"}
        named = {check.misconception for check in question.checks if check.misconception}
        mistakes[entry.stem] = {
            "question": entry.question,
            "caught_by": entry.caught_by,
            "failed": failed,
            "named": sorted(named),
            "score": question.score,
            "max_score": question.max_score,
        }
        for check in failed:
            name = f"{entry.question}/{check}"
            catches[name] = catches.get(name, 0) + 1
    return {"mistakes": mistakes, "catches": dict(sorted(catches.items()))}


def rows(question: Question, entries: Sequence[BankEntry], mistakes: Mistakes) -> Iterator[str]:
    """Yield the lines of one question's matrix; the first two number the columns."""
    checks = list(question.points)
    width = max(len(entry.stem) for entry in entries)
    for digits in (0, 1):
        heads = (f"{place:2d}"[digits] for place, _ in enumerate(checks, 1))
        yield f"{'':{width}}  {' '.join(heads)}"
    for entry in entries:
        found = mistakes[entry.stem]
        marks = (
            "■" if check == entry.caught_by else "·" if check in found["failed"] else " "
            for check in checks
        )
        diagnosis = " "
        if well_diagnosed(entry, mistakes):
            diagnosis = "✓" if entry.stem in found["named"] else "="
        left = f"{found['score']:4g} of {found['max_score']:g}"
        yield f"{entry.stem:{width}}  {' '.join(marks)}  {left} {diagnosis}".rstrip()


def well_diagnosed(entry: BankEntry, mistakes: Mistakes) -> bool:
    """Return whether the diagnosis of a mistake is there and correct."""
    names = set(mistakes[entry.stem]["named"])
    return bool(names) and names <= entry.names
