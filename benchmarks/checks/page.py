"""Which check holds which clause, what it catches, and what it risks: write it down.

    autograder validate --matrix matrix.json
    python -m benchmarks.checks.page matrix.json

Writes `docs/checks.md` and `docs/kill-matrix.md`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from autograder.assignment.answer_bank import Bank, bank
from autograder.assignment.model import Assignment, Question, load
from autograder.authoring import kill_matrix
from benchmarks.calibration.chances import chances
from benchmarks.checks.clauses import CLAUSES

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = 3
COMMAND = (
    "Made by `autograder validate --matrix matrix.json` and `python -m benchmarks.checks.page "
    "matrix.json`; do not edit."
)


def main() -> None:
    """Read a kill matrix and write both pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="from `autograder validate --matrix`")
    mistakes: kill_matrix.Mistakes = json.loads(parser.parse_args().file.read_text())["mistakes"]
    assignment = load()
    known = bank(assignment)
    missing = {entry.stem for entry in known.mistakes} - mistakes.keys()
    if missing:
        parser.error(f"not in the matrix, run the whole bank again: {', '.join(sorted(missing))}")
    for name, lines in (
        ("checks.md", _checks(assignment, known, mistakes)),
        ("kill-matrix.md", _matrices(assignment, known, mistakes)),
    ):
        (DOCS / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _checks(assignment: Assignment, known: Bank, mistakes: kill_matrix.Mistakes) -> Iterator[str]:
    yield from ("# What is checked, by what, and how surely", "", COMMAND, "")
    named = sum(kill_matrix.well_named(entry, mistakes) for entry in known.mistakes)
    caught = sum(bool(mistakes[entry.stem]["failed"]) for entry in known.mistakes)
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


def _clauses(question: Question, known: Bank, mistakes: kill_matrix.Mistakes) -> Iterator[str]:
    entries = [entry for entry in known.mistakes if entry.question == question.id]
    yield from (
        "",
        f"### {question.id}: {question.max_score:g} points, {len(entries)} mistakes",
        "",
    )
    yield from ("| clause | check | points | catches | among them |", "|---|---|---|---|---|")
    for clause, checks in CLAUSES[question.id].items():
        for place, check in enumerate(checks):
            caught = [entry.stem for entry in entries if check in mistakes[entry.stem]["failed"]]
            own = [entry.stem for entry in entries if entry.caught_by == check]
            examples = ", ".join(dict.fromkeys([*own, *caught][:EXAMPLES]))
            yield (
                f"| {clause if place == 0 else ''} | `{check}` | {question.points[check]:g} | "
                f"{len(caught)} ({len(own)}) | {examples} |"
            )


def _matrices(assignment: Assignment, known: Bank, mistakes: kill_matrix.Mistakes) -> Iterator[str]:
    yield from ("# The kill matrix", "", COMMAND, "")
    yield kill_matrix.LEGEND
    for question in assignment.questions:
        entries = [entry for entry in known.mistakes if entry.question == question.id]
        yield from ("", f"## {question.id}", "")
        yield from (f"{place}. `{check}`" for place, check in enumerate(question.points, 1))
        yield from ("", "```")
        yield from (*kill_matrix.rows(question, entries, mistakes), "```")


if __name__ == "__main__":
    main()
