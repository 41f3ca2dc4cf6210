"""Write the pages on which check tests which clause, what it catches, and what it risks.

    autograder validate --matrix matrix.json
    python -m benchmarks.checks.names names.json
    python -m benchmarks.checks.page matrix.json names.json

Writes `docs/checks.md`, `docs/kill-matrix.md` and `docs/right-answers.md`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.assignment.answer_bank import Bank, load_bank
from autograder.assignment.model import Assignment, Question
from autograder.assignment.rubric import load
from autograder.authoring import kill_matrix
from autograder.checks.contract import CLAUSES
from benchmarks import DOCS
from benchmarks.calibration.risks import risks
from benchmarks.checks import bounds, names

EXAMPLES = 3
Named = Mapping[str, Mapping[str, Any]]
"""What `benchmarks.checks.names` writes."""
COMMAND = (
    "Made by `autograder validate --matrix matrix.json`, `python -m benchmarks.checks.names "
    "names.json` and `python -m benchmarks.checks.page matrix.json names.json`; do not edit."
)


# Measured once, on commit d2e84d7, with cases that are not in the bank.
OTHERS = """\
## Cases by others

People who had not built the kit tried commit `d2e84d7` with cases of their own:

| cases | result |
|---|---|
| implementations in public repositories, wrong | 0 of 56 passed |
| implementations in public repositories, right | 2 of 38 refused |
| wrong answers written for this test | 6 of 134 passed |
| wrong answers in three further sets, named rightly | 27 of 58, 10 of 76, 44 of 56 |

The two refused ones average each feature map before the heads, or return nearly identical samples
before training. Names are more often right for the bank than for other mistakes, and a name that
is given can be wrong: `validate` excludes that only for the bank."""


def main() -> None:
    """Read a kill matrix and write the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("matrix", type=Path, help="from `autograder validate --matrix`")
    parser.add_argument("names", type=Path, help="from `benchmarks.checks.names`")
    options = parser.parse_args()
    mistakes: kill_matrix.Mistakes = json.loads(options.matrix.read_text())["mistakes"]
    named = json.loads(options.names.read_text())
    assignment = load()
    known = load_bank(assignment)
    missing = {entry.stem for entry in known.mistakes} - mistakes.keys()
    if missing:
        parser.error(f"not in the matrix, run the whole bank again: {', '.join(sorted(missing))}")
    for name, lines in (
        ("checks.md", _checks(assignment, known, mistakes, named)),
        ("kill-matrix.md", _matrices(assignment, known, mistakes)),
        ("right-answers.md", _right_answers(assignment, known)),
    ):
        (DOCS / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _checks(
    assignment: Assignment, known: Bank, mistakes: kill_matrix.Mistakes, named_apart: Named
) -> Iterator[str]:
    yield from ("# What is checked, by what, and how surely", "", COMMAND, "")
    named = sum(kill_matrix.well_diagnosed(entry, mistakes) for entry in known.mistakes)
    found = [mistakes[entry.stem] for entry in known.mistakes]
    caught = sum((one["score"] or 0) < one["max_score"] for one in found)
    total = len(known.mistakes)
    yield (
        f"The authors of the kit wrote {total} known mistakes. {caught} of them are caught, and "
        f"{named} ({named / total:.0%}) are named in the result, by rules that were learned from "
        f"the same mistakes. They also wrote {len(known.alternatives)} right answers in other "
        "words ([the list](right-answers.md)). All of these earn full marks, and none is called a "
        "mistake; `autograder validate` fails otherwise. [The kill matrix](kill-matrix.md) lists "
        "every mistake, and [mutants that nobody chose](mutants.md) were tried on right answers."
    )
    yield from ("", *_bounds(known, caught, named_apart))
    yield from ("", OTHERS)
    yield from ("", "## Clause by clause", "")
    yield "A mistake is counted at every check that it fails. In brackets: how many mistakes this"
    yield "check must catch, by their entries in the answer bank."
    for question in assignment.questions:
        yield from _clauses(question, known, mistakes)
    yield from ("", "## Checks that draw at random", "")
    yield "Every check starts from its own seed, so an answer always gets the same result. *Risk*"
    yield "is an upper bound on the probability that a right answer fails, over everything that the"
    yield "check compares. *Passes* is the probability that the nearest mistake passes."
    yield from ("", "| check | drawn | limit | risk | nearest mistake | passes |")
    yield "|---|---|---|---|---|---|"
    for one in risks():
        yield (
            f"| {one.question}: `{one.check}` | {one.drawn} | {one.limit} | {one.risk:.1e} | "
            f"{one.nearest} | {one.passes:.1e} |"
        )
    yield from ("", "The training check has [a page of its own](calibration.md).")


def _right_answers(assignment: Assignment, known: Bank) -> Iterator[str]:
    """Yield the page on right answers that are written differently."""
    yield from ("# Right answers, written differently", "", COMMAND, "")
    yield (
        f"The authors of the kit wrote {len(known.alternatives)} right answers besides the "
        "reference answers, in the styles of tutorials, assistants and beginners. Each earns all "
        "points of its question; `autograder validate` fails otherwise. The files are in "
        "`solutions/alternatives/`."
    )
    for question in assignment.questions:
        entries = [entry for entry in known.alternatives if entry.question == question.id]
        yield from (
            "",
            f"## {question.id}: {len(entries)} answers of {question.max_score:g} points",
        )
        yield from ("", "| answer | what is different |", "|---|---|")
        for entry in entries:
            yield f"| `{entry.stem}` | {entry.title} |"


def _bounds(known: Bank, caught: int, named: Named) -> Iterator[str]:
    """Yield how often the checks and the names are wrong, with upper bounds."""
    total, right = len(known.mistakes), len(known.alternatives)
    graded, others = named["spellings"], named["others"]
    written = len(graded)
    mistakes = len({one["mistake"] for one in graded.values()})
    yield "## How often the grader is wrong"
    yield ""
    yield "The authors of the kit wrote all these cases. The bounds hold for cases like them, not"
    yield "for what others write. An upper bound is in brackets: with a larger share, so few would"
    yield "be seen with a probability below 5 %. For none of n it is 3 / n."
    yield from ("", "| cases | result |", "|---|---|")
    yield f"| known mistakes that pass | {bounds.of(total - caught, total)} |"
    yield f"| right answers that are refused | {bounds.of(0, right)} |"
    yield f"| right answers that are called a mistake | {bounds.of(0, right)} |"
    yield (
        f"| {written} other spellings of {mistakes} mistakes: that pass | "
        f"{bounds.of(names.count(graded, names.PASSED), written)} |"
    )
    yield (
        f"| … named rightly, by rules learned without them | "
        f"{names.count(graded, names.RIGHT)} of {written} |"
    )
    yield f"| … not named | {names.count(graded, names.NONE)} of {written} |"
    yield f"| … named wrong | {bounds.of(names.count(graded, names.WRONG), written)} |"
    yield (
        "| known mistakes that rules learned from all others would name, wrongly | "
        f"{bounds.of(sum(map(bool, others.values())), len(others))} |"
    )
    yield ""
    yield "The other spellings are in `tests/spellings`, and no rule is learned from them."


def _clauses(question: Question, known: Bank, mistakes: kill_matrix.Mistakes) -> Iterator[str]:
    entries = [entry for entry in known.mistakes if entry.question == question.id]
    yield from (
        "",
        f"### {question.id}: {question.max_score:g} points, {len(entries)} mistakes",
        "",
    )
    criteria = {check: one.id for one in question.criteria for check in one.checks}
    yield from ("| clause | check | criterion | catches | among them |", "|---|---|---|---|---|")
    for clause, checks in CLAUSES[question.id].items():
        for place, check in enumerate(checks):
            caught = [entry.stem for entry in entries if check in mistakes[entry.stem]["failed"]]
            own = [entry.stem for entry in entries if entry.caught_by == check]
            examples = ", ".join(dict.fromkeys([*own, *caught][:EXAMPLES]))
            yield (
                f"| {clause if place == 0 else ''} | `{check}` | {criteria[check]} | "
                f"{len(caught)} ({len(own)}) | {examples} |"
            )


def _matrices(assignment: Assignment, known: Bank, mistakes: kill_matrix.Mistakes) -> Iterator[str]:
    yield from ("# The kill matrix", "", COMMAND, "")
    yield kill_matrix.LEGEND
    for question in assignment.questions:
        entries = [entry for entry in known.mistakes if entry.question == question.id]
        yield from ("", f"## {question.id}", "")
        yield from (f"{place}. `{check}`" for place, check in enumerate(question.check_ids, 1))
        yield from ("", "```")
        yield from (*kill_matrix.rows(question, entries, mistakes), "```")


if __name__ == "__main__":
    main()
