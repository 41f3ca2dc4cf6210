"""The kill matrix: which check catches which mistake, as plain data and as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.assignment.answer_bank import BankEntry
    from autograder.assignment.model import Question
    from autograder.results.model import Result

# By mistake: `question`, `caught_by`, `failed` (outcome by check), `named`, `score`, `max_score`.
Mistakes = Mapping[str, Mapping[str, Any]]

LEGEND = """\
A row is a known mistake, a column a check: ■ is the check that its card names, ·
another that it fails. Behind it, the points that are left, and whether the result calls
it by its name (✓), or by that of another that no input tells from it (=)."""


def kill_matrix(entries: Sequence[BankEntry], results: Mapping[str, Result]) -> dict[str, Any]:
    """Return, as plain data, which checks each mistake fails, and how many each check catches."""
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
    """Yield the lines of one question's matrix, its columns' numbers first."""
    checks = list(question.points)
    width = max(len(entry.stem) for entry in entries)
    for digits in (0, 1):
        heads = (f"{place:2d}"[digits] for place, _ in enumerate(checks, 1))
        yield f"{'':{width}}  {' '.join(heads)}"
    for entry in entries:
        came = mistakes[entry.stem]
        marks = (
            "■" if check == entry.caught_by else "·" if check in came["failed"] else " "
            for check in checks
        )
        name = (
            " " if not well_named(entry, mistakes) else "✓" if entry.stem in came["named"] else "="
        )
        left = f"{came['score']:4g} of {came['max_score']:g}"
        yield f"{entry.stem:{width}}  {' '.join(marks)}  {left} {name}".rstrip()


def well_named(entry: BankEntry, mistakes: Mistakes) -> bool:
    """Return whether a result calls a mistake by a name that is right for it."""
    names = set(mistakes[entry.stem]["named"])
    return bool(names) and names <= entry.names
