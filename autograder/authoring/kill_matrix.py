"""The kill matrix: which check catches which known mistake, as plain data and as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.assignment.answer_bank import BankEntry
    from autograder.assignment.model import Question
    from autograder.results.model import Result

# Per mistake: `question`, `caught_by`, `failed` (outcome by check), `criteria` (those that it loses
# points at), `named`, `score`, `max_score`, `costs` (the least and the most, if its entry says so).
Mistakes = Mapping[str, Mapping[str, Any]]

LEGEND = """\
Each row is a known mistake, each column a check: ■ is the check that must catch it, · another
check that it fails. After these come whether the diagnosis names the mistake (✓) or one that no
input can tell from it (=), the points it costs, those that it should cost, and the criteria that it
does not meet."""


def kill_matrix(entries: Sequence[BankEntry], results: Mapping[str, Result]) -> dict[str, Any]:
    """Return which checks each mistake fails, and how many mistakes each check catches."""
    mistakes: dict[str, dict[str, Any]] = {}
    catches: dict[str, int] = {}
    for entry in entries:
        if entry.stem not in results:
            continue
        question = results[entry.stem].question(entry.question)
        failed = {check.id: check.failure[0] for check in question.checks if check.failure}
        named = {check.misconception for check in question.checks if check.misconception}
        mistakes[entry.stem] = {
            "question": entry.question,
            "caught_by": entry.caught_by,
            "failed": failed,
            "criteria": [one.id for one in question.criteria if one.score != one.max_score],
            "named": sorted(named),
            "score": question.score,
            "max_score": question.max_score,
            "costs": entry.costs,
        }
        for check in failed:
            name = f"{entry.question}/{check}"
            catches[name] = catches.get(name, 0) + 1
    return {"mistakes": mistakes, "catches": dict(sorted(catches.items()))}


def rows(question: Question, entries: Sequence[BankEntry], mistakes: Mistakes) -> Iterator[str]:
    """Yield the lines of one question's matrix; the first two number the columns."""
    checks = list(question.check_ids)
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
        cost = f"{diagnosis} {found['max_score'] - (found['score'] or 0):4g}"
        wanted = "" if entry.costs is None else f"of {entry.costs[0]:g}-{entry.costs[1]:g}"
        lost = ", ".join(found["criteria"])
        yield f"{entry.stem:{width}}  {' '.join(marks)} {cost} {wanted:8} {lost}".rstrip()


def well_diagnosed(entry: BankEntry, mistakes: Mistakes) -> bool:
    """Return whether a mistake is diagnosed, and correctly."""
    names = set(mistakes[entry.stem]["named"])
    return bool(names) and names <= entry.names
