"""Which check holds which clause, what it catches, and what it risks: write it down.

    autograder validate --matrix matrix.json
    python -m benchmarks.checks_page matrix.json

Writes `docs/checks.md` and `docs/kill-matrix.md`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from autograder import matrix
from autograder.assemble import Bank, bank
from autograder.assignment import Assignment, Question, load
from benchmarks.chances import chances
from benchmarks.clauses import CLAUSES

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = 3
COMMAND = (
    "Made by `autograder validate --matrix matrix.json` and `python -m benchmarks.checks_page "
    "matrix.json`; do not edit."
)


def main() -> None:
    """Read a kill matrix and write both pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="from `autograder validate --matrix`")
    mistakes: matrix.Mistakes = json.loads(parser.parse_args().file.read_text())["mistakes"]
    assignment = load()
    known = bank(assignment)
    missing = {card.stem for card in known.mistakes} - mistakes.keys()
    if missing:
        parser.error(f"not in the matrix, run the whole bank again: {', '.join(sorted(missing))}")
    for name, lines in (
        ("checks.md", _checks(assignment, known, mistakes)),
        ("kill-matrix.md", _matrices(assignment, known, mistakes)),
    ):
        (DOCS / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _checks(assignment: Assignment, known: Bank, mistakes: matrix.Mistakes) -> Iterator[str]:
    yield from ("# What is checked, by what, and how surely", "", COMMAND, "")
    named = sum(matrix.well_named(card, mistakes) for card in known.mistakes)
    caught = sum(bool(mistakes[card.stem]["failed"]) for card in known.mistakes)
    total = len(known.mistakes)
    yield (
        f"{total} known mistakes, {caught} of them caught and {named} ({named / total:.0%}) "
        f"called by their name; {len(known.alternatives)} right "
        "answers written differently, all with full marks and none called a mistake: "
        "`autograder validate` fails otherwise. [The kill matrix](kill-matrix.md) has every one."
    )
    yield from ("", "## Clause by clause", "")
    yield "A mistake is counted at every check that it fails; in brackets, by how many cards the"
    yield "check is the one that must catch it."
    for question in assignment.questions:
        yield from _clauses(question, known, mistakes)
    yield from ("", "## Checks that draw at random", "")
    yield "Every check starts from a seed of its own, so that an answer has the same result every"
    yield "time. *Risk* bounds the probability that a right answer fails, over everything that the"
    yield "check compares; *passes* is the chance that the nearest mistake does not."
    yield from ("", "| check | drawn | limit | risk | nearest mistake | passes |")
    yield "|---|---|---|---|---|---|"
    for one in chances():
        yield (
            f"| {one.question}: `{one.check}` | {one.drawn} | {one.limit} | {one.risk:.1e} | "
            f"{one.nearest} | {one.passes:.1e} |"
        )
    yield from ("", "The training check has [a page of its own](calibration.md).")


def _clauses(question: Question, known: Bank, mistakes: matrix.Mistakes) -> Iterator[str]:
    cards = [card for card in known.mistakes if card.question == question.id]
    yield from ("", f"### {question.id}: {question.max_score:g} points, {len(cards)} mistakes", "")
    yield from ("| clause | check | points | catches | among them |", "|---|---|---|---|---|")
    for clause, checks in CLAUSES[question.id].items():
        for place, check in enumerate(checks):
            caught = [card.stem for card in cards if check in mistakes[card.stem]["failed"]]
            own = [card.stem for card in cards if card.caught_by == check]
            examples = ", ".join(dict.fromkeys([*own, *caught][:EXAMPLES]))
            yield (
                f"| {clause if place == 0 else ''} | `{check}` | {question.points[check]:g} | "
                f"{len(caught)} ({len(own)}) | {examples} |"
            )


def _matrices(assignment: Assignment, known: Bank, mistakes: matrix.Mistakes) -> Iterator[str]:
    yield from ("# The kill matrix", "", COMMAND, "")
    yield matrix.LEGEND
    for question in assignment.questions:
        cards = [card for card in known.mistakes if card.question == question.id]
        yield from ("", f"## {question.id}", "")
        yield from (f"{place}. `{check}`" for place, check in enumerate(question.points, 1))
        yield from ("", "```")
        yield from (*matrix.rows(question, cards, mistakes), "```")


if __name__ == "__main__":
    main()
