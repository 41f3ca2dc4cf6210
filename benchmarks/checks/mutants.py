"""Change the right answers one operator, number or keyword at a time, and grade what results.

    python -m pip install cosmic-ray
    python -m benchmarks.checks.mutants --markdown docs/mutants.md

Nobody chose these mutants: Cosmic Ray makes every change that it knows. A mutant that earns full
marks either does what the contract says (it is equivalent), or shows a hole in the checks.
`EQUIVALENT` says why each survivor is equivalent; any other one ends the command with status 1.
"""

# ruff: noqa: E402 - use_one_thread() has to run before the imports that import torch

from __future__ import annotations

import argparse
import ast
import difflib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.support.cpu import processors, use_one_thread

use_one_thread()
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from autograder import load
from autograder.assignment.answer_bank import BankEntry, load_bank
from autograder.assignment.model import Assignment
from autograder.authoring.cases import Case
from autograder.authoring.validate import ValidationOptions, grade_cases
from autograder.notebooks.fill import fill_notebook
from autograder.results.model import Result

# Why a surviving change does what the contract says, by a part of the changed line.
EQUIVALENT = {
    "mu - std * eps": "normal noise is symmetric",
    "kernel_size= 4": "another encoder of convolutions, which also gives 7 × 7",
    "padding= 0": "another encoder of convolutions, which also gives 7 × 7",
}


@dataclass(frozen=True)
class Mutant:
    """One changed answer.

    Attributes:
        question: The question that it answers.
        answer: The stem of the answer that was changed.
        code: The changed answer.
        before: The line before the change.
        after: The line after it.
    """

    question: str
    answer: str
    code: str
    before: str
    after: str

    @property
    def reason(self) -> str:
        """Why the mutant is equivalent; "" if nobody has said so."""
        known = (why for part, why in EQUIVALENT.items() if part in self.after)
        return next(known, "")


def mutants_of(entry: BankEntry) -> Iterator[Mutant]:
    """Yield every mutant of an answer whose program differs."""
    tree = ast.dump(ast.parse(entry.code))
    seen = {tree}
    for name in sorted(operator_names()):
        try:
            operator = get_operator(name)()
        except TypeError:
            continue  # an operator with arguments of its own
        occurrence = 0
        while (code := mutate_code(entry.code, operator, occurrence)) is not None:
            occurrence += 1
            try:
                changed = ast.dump(ast.parse(code))
            except SyntaxError:
                continue
            if changed not in seen:
                seen.add(changed)
                yield Mutant(entry.question, entry.stem, code, *_changed_line(entry.code, code))


def _changed_line(before: str, after: str) -> tuple[str, str]:
    lines = [*difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)][2:]
    removed = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    added = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return removed, added


def grade(assignment: Assignment, mutants: list[Mutant], jobs: int) -> dict[str, Result]:
    """Grade each mutant at its own question; return the results by the mutant's number."""
    source = assignment.source_notebook.read_bytes()
    answers = load_bank(assignment).answers()
    cases = []
    for number, one in enumerate(mutants):
        notebook = fill_notebook(source, answers | {one.question: one.code})
        cases.append(Case(str(number), "mistake", notebook, question=one.question))
    return grade_cases(assignment, cases, ValidationOptions(workers=jobs))


def page(mutants: list[Mutant], survivors: list[Mutant]) -> str:
    """Return the page of the documentation."""
    holes = [one for one in survivors if not one.reason]
    lines = [
        "# Mutants nobody chose",
        "",
        "Made by `python -m benchmarks.checks.mutants`; do not edit.",
        "",
        (
            f"Cosmic Ray changed the reference answers one operator, number or keyword at a time: "
            f"{len(mutants)} mutants. {len(mutants) - len(survivors)} lose points. Of the "
            f"{len(survivors)} that earn full marks, {len(survivors) - len(holes)} do what the "
            f"contract says, and {len(holes)} show a hole in the checks."
        ),
        "",
        "| question | before | after | why it earns full marks |",
        "|---|---|---|---|",
    ]
    for one in survivors:
        cells = (_code(one.before), _code(one.after), one.reason or "**a hole**")
        lines.append(f"| {one.question} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|") if text else ""


def main() -> int:
    """Make the mutants, grade them, and print those that earn full marks."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", help="a question, or the stem of an answer")
    parser.add_argument("--alternatives", action="store_true", help="change these answers, too")
    parser.add_argument("--jobs", type=int, default=processors())
    parser.add_argument("--markdown", type=Path, help="write the page here")
    options = parser.parse_args()
    assignment = load()
    bank = load_bank(assignment)
    entries = [*bank.solutions.values(), *(bank.alternatives if options.alternatives else ())]
    chosen = [one for one in entries if options.only in (None, one.question, one.stem)]
    mutants = [mutant for entry in chosen for mutant in mutants_of(entry)]
    results = grade(assignment, mutants, options.jobs)
    survivors = [
        one
        for number, one in enumerate(mutants)
        if results[str(number)].score == results[str(number)].max_score
    ]
    for one in survivors:
        print(f"{one.answer}: {one.before}  →  {one.after}  {one.reason or '(a hole?)'}")
    holes = sum(not one.reason for one in survivors)
    print(f"{len(mutants)} mutants, {len(survivors)} earn full marks, {holes} of them unexplained")
    if options.markdown:
        options.markdown.write_text(page(mutants, survivors), encoding="utf-8")
    return int(holes > 0)


if __name__ == "__main__":
    sys.exit(main())
