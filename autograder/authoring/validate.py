"""Prove that the checks are right, by grading the answer bank.

- A correct answer earns full marks, and is diagnosed with no mistake.
- A mistake costs points at its own question and at no other, as many as its entry says, and is
  caught by the check that its entry names.
- A mistake is diagnosed as itself or not at all, unless its entry says that it equals another.
- Every check is needed: some entry names it, or it is the only one that catches some mistake.

A question's result depends only on its own answer and on the answers that it needs, which a
stand-in replaces where they are wrong. So by default a case is graded at its own question only;
`thorough` grades every case at every question.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.assignment.answer_bank import BankEntry
from autograder.assignment.model import Assignment, Criterion
from autograder.authoring import kill_matrix
from autograder.authoring.cases import RELEASE, SOLUTIONS, Case
from autograder.authoring.diagnosis_report import (
    GradedCase,
    summary,
    write_fingerprints,
    wrong_diagnoses,
)
from autograder.grading.fingerprints import failures
from autograder.results.model import QuestionResult, Result
from autograder.runners.process_pool import run
from autograder.runners.sandbox_startup import open_sandbox
from autograder.runners.submissions import GradingTask
from autograder.support.errors import OK, WRONG
from autograder.support.files import write_atomically
from autograder.support.terminal import progress_bar

# The random streams, besides that of grading, with which the fingerprints of mistakes are learned.
OTHER_CHANCES = (1, 2)


@dataclass(frozen=True)
class ValidationOptions:
    """How to validate.

    Attributes:
        workers: The number of cases to grade in parallel.
        partial: Whether the cases are only some of the bank; then unneeded checks are not reported.
        matrix: Where to write the kill matrix as JSON.
        thorough: Whether to grade every case at every question.
        learn: Whether to save the fingerprints of the mistakes.
        confine: Whether to refuse to run code that cannot be confined.
    """

    workers: int = 1
    partial: bool = False
    matrix: Path | None = None
    thorough: bool = False
    learn: bool = False
    confine: bool = True


def validate(assignment: Assignment, cases: Sequence[Case], options: ValidationOptions) -> int:
    """Grade the cases, print the kill matrix and every violation, and return the exit status."""
    results = grade_cases(assignment, cases, options)
    by_name = {case.name: case for case in cases}
    violations = {name: list(violations_of(by_name[name], one)) for name, one in results.items()}
    entries = [case.entry for case in cases if case.entry]
    caught = kill_matrix.kill_matrix(entries, results)
    _print_matrix(assignment, entries, caught["mistakes"])
    if options.matrix:
        write_atomically(options.matrix, json.dumps(caught, indent=1) + "\n")
    graded = [GradedCase(c.name, c.entry, results[c.name]) for c in cases if c.name in results]
    for name, violation in wrong_diagnoses(graded):
        violations[name].append(violation)
    if options.learn:
        learned = _with_other_chance(assignment, cases, graded, options)
        write_fingerprints(assignment.staff_checks, learned, keep=options.partial)
    idle = [] if options.partial else list(unneeded(assignment, cases, results))
    _print_violations(cases, violations)
    _print_summary(cases, violations, [*idle, *summary(graded)])
    return WRONG if idle or any(violations.values()) else OK


def _with_other_chance(
    assignment: Assignment,
    cases: Sequence[Case],
    graded: Sequence[GradedCase],
    options: ValidationOptions,
) -> list[GradedCase]:
    """Return the graded mistakes with their results with other random streams.

    Only the checks that failed are run again.
    """
    failed = {one.name: failures(one.question.checks) for one in graded if one.question}
    mistakes = [case for case in cases if failed.get(case.name)]
    tasks = [
        GradingTask(
            case.name, case.notebook, assignment=_of_checks(assignment, case, failed[case.name])
        )
        for case in mistakes
    ]
    others = [_grade(assignment, tasks, options, chance) for chance in OTHER_CHANCES]
    return [
        replace(one, with_other_chance=tuple(results[one.name] for results in others))
        for one in graded
        if failed.get(one.name)
    ]


def _of_checks(assignment: Assignment, case: Case, checks: Collection[str]) -> Assignment:
    """Return the assignment with these checks of the case's question only, without mends."""
    (question,) = (one for one in assignment.questions if one.id == case.question)
    alone = Criterion("failed", "The checks that failed.", 1.0, tuple(checks))
    narrowed = replace(question, criteria=(alone,), consequences=(), mends=())
    return replace(assignment, questions=(narrowed,))


def grade_cases(
    assignment: Assignment, cases: Sequence[Case], options: ValidationOptions
) -> dict[str, Result]:
    """Return the result of each case by its name."""
    tasks = [
        GradingTask(
            case.name,
            case.notebook,
            assignment=None if options.thorough else _narrowed(assignment, case.question),
        )
        for case in cases
    ]
    return _grade(assignment, tasks, options)


def _grade(
    assignment: Assignment,
    tasks: Sequence[GradingTask],
    options: ValidationOptions,
    chance: int = 0,
) -> dict[str, Result]:
    """Return the result of each task by its student; `chance` is for `Sandbox`."""
    results: dict[str, Result] = {}
    with (
        open_sandbox(assignment, confine=options.confine, chance=chance) as sandbox,
        progress_bar(len(tasks), "validating") as advance,
    ):
        for step in run(tasks, assignment, sandbox, options.workers):
            if step:
                results[step[1].student] = step[1]
            advance(int(step is not None))
    return results


def _narrowed(assignment: Assignment, question: str | None) -> Assignment:
    """Return the assignment with only this question, or with all questions for None."""
    kept = tuple(one for one in assignment.questions if question in (None, one.id))
    return replace(assignment, questions=kept)


def violations_of(case: Case, result: Result) -> Iterator[str]:
    """Yield one sentence for everything in a result that is not as expected."""
    if result.status != "graded":
        yield f"status {result.status}: {result.message}"
        return  # without a score, nothing else can be said
    if case.kind == RELEASE:
        if result.score != 0:
            yield f"earns {result.score:g} points, must earn none"
        return
    for question in result.questions:
        if case.entry is not None and question.id == case.entry.question:
            yield from _violations_of_mistake(case.entry, question)
        elif question.score != question.max_score:
            lost = [check.id for check in question.checks if check.outcome != "passed"]
            yield f"loses points at {question.id} ({', '.join(lost)}), must earn full marks"


def _violations_of_mistake(entry: BankEntry, question: QuestionResult) -> Iterator[str]:
    """Yield one sentence for everything in a question's result that contradicts the entry."""
    cost = question.max_score - (question.score or 0.0)
    if not cost:
        yield f"earns full marks at {question.id}, must lose points"
    elif entry.costs and not entry.costs[0] <= cost <= entry.costs[1]:
        yield f"costs {cost:g} points, its entry says {entry.costs[0]:g} to {entry.costs[1]:g}"
    failed = {check.id for check in question.checks if check.failure}
    if entry.caught_by not in {check.id for check in question.checks}:
        yield f"its entry names the check {entry.caught_by}, which {question.id} does not have"
    elif entry.caught_by not in failed and not question.deductions:
        others = ", ".join(sorted(failed)) or "no check"
        yield f"is not caught by {entry.caught_by}, but by {others}"


def unneeded(
    assignment: Assignment, cases: Sequence[Case], results: dict[str, Result]
) -> Iterator[str]:
    """Yield a line for each check that no entry names and that alone catches no mistake."""
    needed = set()
    for case in cases:
        if case.entry is None:
            continue
        needed.add((case.entry.question, case.entry.caught_by))
        if case.name in results:
            checks = results[case.name].question(case.entry.question).checks
            failed = [check.id for check in checks if check.failure]
            needed.update((case.entry.question, name) for name in failed if len(failed) == 1)
    for question in assignment.questions:
        for check in question.check_ids:
            if (question.id, check) not in needed:
                yield (
                    f"check: {question.id}/{check} is needed by no mistake; add a mistake that "
                    "only it catches, or remove it"
                )


def _print_matrix(
    assignment: Assignment, entries: Sequence[BankEntry], mistakes: kill_matrix.Mistakes
) -> None:
    """Print which checks each mistake fails, one table for each question."""
    console = Console(width=140, highlight=False)
    for question in assignment.questions:
        shown = [one for one in entries if one.question == question.id and one.stem in mistakes]
        if shown:
            heads = (f"{place:2d} {check}" for place, check in enumerate(question.check_ids, 1))
            lines = (question.id, *heads, *kill_matrix.rows(question, shown, mistakes), "")
            console.print(Text("\n".join(lines)), soft_wrap=True)
    if mistakes:
        console.print(Text(kill_matrix.LEGEND + "\n"))


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 140)


def _print_violations(cases: Sequence[Case], violations: dict[str, list[str]]) -> None:
    if not any(violations.values()):
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("case", no_wrap=True)
    table.add_column("question")
    table.add_column("what is wrong", overflow="fold")
    for case in cases:
        for violation in violations.get(case.name, []):
            question = case.entry.question if case.entry else "all"
            table.add_row(case.name, question, Text(violation))
    _console().print(table)


def _print_summary(
    cases: Sequence[Case], violations: dict[str, list[str]], more: Sequence[str]
) -> None:
    """Print how many cases of each kind are as expected, then further lines."""
    console = _console()
    for kind, expected in (
        (SOLUTIONS, "earn full marks"),
        (RELEASE, "earn nothing"),
        ("alternative", "earn full marks"),
        ("mistake", "are caught, each at its question and by its check"),
    ):
        names = [case.name for case in cases if case.kind == kind]
        good = sum(not violations.get(name) for name in names)
        if names:
            console.print(Text(f"{kind}: {good} of {len(names)} {expected}"))
    for line in more:
        console.print(Text(line))
