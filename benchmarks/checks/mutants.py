"""Change the right answers one operator, number or keyword at a time, and grade what results.

    python -m pip install cosmic-ray
    python -m benchmarks.checks.mutants --alternatives 600 --markdown docs/mutants.md

Nobody chose these mutants: Cosmic Ray makes every change that it knows. A mutant that earns full
marks either does what the contract says (it is equivalent), or shows a hole in the checks.
`EQUIVALENT` says why each survivor is equivalent; any other one ends the command with status 1.
"""

# ruff: noqa: E402 - use_one_thread() has to run before the imports that import torch

from __future__ import annotations

import argparse
import ast
import difflib
import random
import sys
from collections.abc import Iterable, Iterator
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
from autograder.authoring.solved import filled
from autograder.authoring.validate import ValidationOptions, grade_cases
from autograder.results.model import Result

# Why a surviving change does what the contract says, by a part of the changed line.
_ENCODER = "another encoder of convolutions, whose size is right or is measured"
EQUIVALENT = {
    "mu - std * eps": "normal noise is symmetric",
    "mu + std * torch.randn_like": "normal noise is symmetric",
    "generator: torch.Generator": "an annotation changes nothing",
    "clamp(min= -1.0)": "it would matter where 0 is drawn, once in 2⁵³ numbers",
    "kernel_size= 4": _ENCODER,
    "padding= 0": _ENCODER,
    "padding= 3, dilation=2": _ENCODER,
    "nn.LazyConv2d(32, 3, stride= 1": _ENCODER,
    "nn.LazyConv2d(32, 2,": _ENCODER,
    "nn.LazyConv2d( 15,": _ENCODER,
    "nn.Conv2d(16, 32, 2,": _ENCODER,
    "nn.Conv2d(1, 16, 3, stride= 3": _ENCODER,
    "nn.Conv2d(1, 16, 4,": _ENCODER,
    "torch.randn(32, 16, 3, 4)": _ENCODER,
    "-0.9 * torch.randn": "other initial weights",
    "0.1 // torch.randn": "other initial weights",
    "LeakyReLU( -0.9": "another activation",
    "LeakyReLU( 1.1": "another activation",
    "torch.zeros( 0, 1, 28, 28)": "a batch of none tells lazy layers their sizes, too",
    "torch.zeros(1, 1, 27, 28)": "27 rows of pixels shrink to 7, too",
    "32 * 2 ** 2": "the same number",
    "dim=+1": "the same dimension",
    "kl_per_image.sum(dim= -1)": "the same dimension",
    "alphas.unsqueeze(+1)": "the same dimension",
    "rest <= 0": "a remainder is never negative",
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
    answers = load_bank(assignment).answers()
    cases = []
    for number, one in enumerate(mutants):
        notebook = filled(assignment, answers | {one.question: one.code})
        cases.append(Case(str(number), "mistake", notebook, question=one.question))
    return grade_cases(assignment, cases, ValidationOptions(workers=jobs))


def page(sets: dict[str, tuple[list[Mutant], list[Mutant]]]) -> str:
    """Return the page of the documentation.

    Args:
        sets: Mutants and survivors by what was changed, in the words of a sentence.
    """
    lines = [
        "# Mutants nobody chose",
        "",
        "Made by `python -m benchmarks.checks.mutants`; do not edit.",
        "",
        "Cosmic Ray changed right answers one operator, number or keyword at a time. All mutants",
        "of the reference answers were graded, and a random sample of those of the others.",
    ]
    for what, (mutants, survivors) in sets.items():
        holes = [one for one in survivors if not one.reason]
        lines += [
            "",
            f"## {what[0].upper()}{what[1:]}",
            "",
            (
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
    parser.add_argument(
        "--alternatives",
        type=int,
        default=0,
        metavar="N",
        help="also grade N mutants of the right answers written differently, chosen by chance",
    )
    parser.add_argument("--jobs", type=int, default=processors())
    parser.add_argument("--markdown", type=Path, help="write the page here")
    options = parser.parse_args()
    assignment = load()
    bank = load_bank(assignment)
    references = _all_mutants(bank.solutions.values(), options.only)
    others = _all_mutants(bank.alternatives, options.only) if options.alternatives else []
    chance = random.Random(0)  # noqa: S311 - not for secrets
    others = chance.sample(others, min(options.alternatives, len(others)))
    sets = {"the reference answers": references, "right answers written differently": others}
    found = {}
    for what, mutants in sets.items():
        if mutants:
            found[what] = mutants, _survivors(assignment, mutants, options.jobs)
    if options.markdown:
        options.markdown.write_text(page(found), encoding="utf-8")
    return int(any(not one.reason for _, survivors in found.values() for one in survivors))


def _all_mutants(entries: Iterable[BankEntry], only: str | None) -> list[Mutant]:
    chosen = [one for one in entries if only in (None, one.question, one.stem)]
    return [mutant for entry in chosen for mutant in mutants_of(entry)]


def _survivors(assignment: Assignment, mutants: list[Mutant], jobs: int) -> list[Mutant]:
    """Grade mutants, print those that earn full marks, and return them."""
    results = grade(assignment, mutants, jobs)
    survivors = [
        one
        for number, one in enumerate(mutants)
        if results[str(number)].score == results[str(number)].max_score
    ]
    for one in survivors:
        print(f"{one.answer}: {one.before}  →  {one.after}  {one.reason or '(a hole?)'}")
    holes = sum(not one.reason for one in survivors)
    print(f"{len(mutants)} mutants, {len(survivors)} earn full marks, {holes} of them unexplained")
    return survivors


if __name__ == "__main__":
    sys.exit(main())
