"""The kill matrix: which check catches which mistake, as plain data and as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.assemble import Card
    from autograder.assignment import Question
    from autograder.results import Result

# By mistake: `question`, `caught_by`, `failed` (outcome by check), `named`, `score`, `max_score`.
Mistakes = Mapping[str, Mapping[str, Any]]

LEGEND = """\
A row is a known mistake, a column a check: ■ is the check that its card names, ·
another that it fails. Behind it, the points that are left, and whether the result calls
it by its name (✓), or by that of another that no input tells from it (=)."""


def kill_matrix(cards: Sequence[Card], results: Mapping[str, Result]) -> dict[str, Any]:
    """Return, as plain data, which checks each mistake fails, and how many each check catches."""
    mistakes: dict[str, dict[str, Any]] = {}
    catches: dict[str, int] = {}
    for card in cards:
        if card.stem not in results:
            continue
        question = results[card.stem].question(card.question)
        failed = {check.id: check.outcome for check in question.checks if check.outcome != "passed"}
        named = {check.misconception for check in question.checks if check.misconception}
        mistakes[card.stem] = {
            "question": card.question,
            "caught_by": card.caught_by,
            "failed": failed,
            "named": sorted(named),
            "score": question.score,
            "max_score": question.max_score,
        }
        for check in failed:
            name = f"{card.question}/{check}"
            catches[name] = catches.get(name, 0) + 1
    return {"mistakes": mistakes, "catches": dict(sorted(catches.items()))}


def rows(question: Question, cards: Sequence[Card], mistakes: Mistakes) -> Iterator[str]:
    """Yield the lines of one question's matrix, its columns' numbers first."""
    checks = list(question.points)
    width = max(len(card.stem) for card in cards)
    for digits in (0, 1):
        heads = (f"{place:2d}"[digits] for place, _ in enumerate(checks, 1))
        yield f"{'':{width}}  {' '.join(heads)}"
    for card in cards:
        came = mistakes[card.stem]
        marks = (
            "■" if check == card.caught_by else "·" if check in came["failed"] else " "
            for check in checks
        )
        name = " " if not well_named(card, mistakes) else "✓" if card.stem in came["named"] else "="
        left = f"{came['score']:4g} of {came['max_score']:g}"
        yield f"{card.stem:{width}}  {' '.join(marks)}  {left} {name}".rstrip()


def well_named(card: Card, mistakes: Mistakes) -> bool:
    """Return whether a result calls a mistake by a name that is right for it."""
    names = set(mistakes[card.stem]["named"])
    return bool(names) and names <= card.names
