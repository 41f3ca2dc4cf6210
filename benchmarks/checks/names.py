"""Name mistakes that are written differently, by fingerprints that were learned without them.

    python -m benchmarks.checks.names names.json

Fingerprints are learned from the answer bank alone. This command grades the mistakes in
`tests/spellings`, which are in no fingerprint, and counts those that are named rightly, wrongly,
and not at all; the exit status is 1 if any name is wrong. It also compares each mistake of the
bank with the fingerprints of all others and counts the names, all wrong, that these would give.
Grading gives no such name: a mistake of the bank is known by its own fingerprint.
"""

# ruff: noqa: E402 - use_one_thread() has to run before the imports that import torch

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.support.cpu import processors, use_one_thread

use_one_thread()
from autograder.assignment.answer_bank import Bank, load_bank
from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from autograder.authoring.cases import Case
from autograder.authoring.solved import filled
from autograder.authoring.validate import ValidationOptions, grade_cases
from autograder.grading.fingerprints import known_fingerprints, matching_fingerprints
from autograder.grading.messages import unmarked
from autograder.results.model import QuestionResult
from tests.spellings import SPELLINGS

RIGHT, NONE, WRONG, PASSED = "named", "not named", "named wrong", "passed"


def spellings(
    assignment: Assignment, bank: Bank, *, only: str | None = None, jobs: int = 1
) -> dict[str, dict[str, Any]]:
    """Grade the spellings; return for each its mistake, the names it was given, and a verdict.

    Args:
        assignment: The assignment.
        bank: Its answer bank.
        only: A question, or a mistake.
        jobs: The number of spellings to grade in parallel.
    """
    cases = []
    for question, mistakes in SPELLINGS.items():
        for mistake, written in mistakes.items():
            if only not in {None, question, mistake}:
                continue
            for number, code in enumerate(written):
                notebook = filled(assignment, bank.answers() | {question: code})
                name = f"{question}/{mistake}/{number}"
                cases.append(Case(name, "mistake", notebook, question=question))
    results = grade_cases(assignment, cases, ValidationOptions(workers=jobs))
    return {name: _described(name, result.questions[0], bank) for name, result in results.items()}


def _described(name: str, result: QuestionResult, bank: Bank) -> dict[str, Any]:
    _, mistake, _ = name.split("/")
    named = {check.misconception for check in result.checks if check.misconception}
    verdict = RIGHT if named <= same_as(mistake, bank) else WRONG
    if result.score == result.max_score:
        verdict = PASSED
    elif not named:
        # An answer under another name is told so in words.
        verdict = RIGHT if result.deductions else NONE
    failed = {check.id: check.failure for check in result.checks if check.failure}
    return {"mistake": mistake, "named": sorted(named), "verdict": verdict, "failed": failed}


def same_as(mistake: str, bank: Bank) -> frozenset[str]:
    """Return the names of a mistake, and of those that no input distinguishes from it."""
    names = bank.find(mistake).names
    return names | {one.stem for one in bank.mistakes if one.same_as in names}


def named_by_others(assignment: Assignment, bank: Bank) -> Iterator[tuple[str, str]]:
    """Yield each mistake that has a fingerprint, and the name that the others give it, or ""."""
    for question in assignment.questions:
        known = known_fingerprints(assignment.staff_checks, question.id)
        for one in known:
            own = same_as(one.name, bank)
            failed = {
                check_id: (outcome, unmarked(message))
                for check_id, (outcome, message) in one.failures.items()
            }
            found = matching_fingerprints(failed, (each for each in known if each.name not in own))
            yield one.name, found[0].name if len(found) == 1 else ""


def count(graded: Mapping[str, Mapping[str, Any]], verdict: str) -> int:
    """Return how many spellings have this verdict."""
    return sum(one["verdict"] == verdict for one in graded.values())


def main() -> int:
    """Grade the spellings, print what is not named rightly, and write everything."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, help="for `benchmarks.checks.page`")
    parser.add_argument("--only", help="a question, or a mistake")
    parser.add_argument("--jobs", type=int, default=processors())
    options = parser.parse_args()
    assignment = load()
    bank = load_bank(assignment)
    graded = spellings(assignment, bank, only=options.only, jobs=options.jobs)
    others = dict(named_by_others(assignment, bank))
    options.file.write_text(json.dumps({"spellings": graded, "others": others}, indent=1) + "\n")
    for name, one in graded.items():
        if one["verdict"] != RIGHT:
            print(f"{name}: {one['verdict']} {', '.join(one['named'])}")
    for mistake, name in others.items():
        if name:
            print(f"{mistake}: without its own fingerprint named {name}")
    print(", ".join(f"{count(graded, one)} {one}" for one in (RIGHT, NONE, WRONG, PASSED)))
    print(
        f"{sum(map(bool, others.values()))} of {len(others)} mistakes have a fingerprint of others"
    )
    return int(count(graded, WRONG) > 0)


if __name__ == "__main__":
    sys.exit(main())
