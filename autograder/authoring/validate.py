"""Prove that the checks are right: every right answer earns all, every mistake costs its question.

A mistake must cost points at its own question, at no other, and at the check that its card names.

A question's result depends on its own answer and on those that it needs (a stand-in steps in where
they are wrong), and each question has a worker of its own. So by default a case is graded at
the question that it is about; `thorough` grades every case at every question.

A mistake may be named, but by no other's name, unless its card says that both are the same; a right
answer by none.

And every check must be needed: some mistake's card names it, or it alone catches some mistake.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.assignment.answer_bank import BankEntry, assemble, bank
from autograder.assignment.model import Assignment
from autograder.authoring import kill_matrix
from autograder.authoring.diagnosis_report import Graded, misnamed, summary, write_patterns
from autograder.results.model import Result
from autograder.runners.process_pool import Job, run
from autograder.runners.sandbox_startup import open_sandbox
from autograder.support.errors import OK, WRONG, UsageError
from autograder.support.files import write_atomically
from autograder.support.terminal import progress_bar

SOLUTIONS, RELEASE = "solutions", "release"


@dataclass(frozen=True)
class Case:
    """One notebook and what must come of it; no card: all answers are right, or none is there."""

    name: str
    kind: str
    notebook: bytes
    entry: BankEntry | None = None
    question: str | None = None


def validate(
    assignment: Assignment,
    workers: int,
    only: Sequence[str] | None,
    file: Path | None,
    *,
    thorough: bool = False,
    learn: bool = False,
    confine: bool = True,
) -> int:
    """Grade every case, print what caught what and what is wrong; return the exit status.

    Args:
        assignment: What is graded.
        workers: How many cases at once.
        only: The names of the cases, all of them if None.
        file: Where to write which check caught which mistake, too, as JSON.
        thorough: Whether every case is graded at every question.
        confine: Whether to insist on walls around the code that is graded.
        learn: Whether to learn what mistakes are named by from this run; see `patterns`.
    """
    cases = list(_cases(assignment, only))
    by_name = {case.name: case for case in cases}
    results: dict[str, Result] = {}
    jobs = [
        Job(
            case.name,
            case.notebook,
            assignment=None if thorough else _narrowed(assignment, case.question),
        )
        for case in cases
    ]
    with (
        open_sandbox(assignment, confine=confine) as sandbox,
        progress_bar(len(jobs), "validating") as advance,
    ):
        for step in run(jobs, assignment, sandbox, workers):
            if step:
                results[step[1].student] = step[1]
            advance(int(step is not None))
    wrongs = {name: list(wrong_with(by_name[name], result)) for name, result in results.items()}
    entries = [case.entry for case in cases if case.entry]
    caught = kill_matrix.kill_matrix(entries, results)
    _print_matrix(assignment, entries, caught["mistakes"])
    if file:
        write_atomically(file, json.dumps(caught, indent=1) + "\n")
    graded = [Graded(c.name, c.entry, results[c.name]) for c in cases if c.name in results]
    for name, wrong in misnamed(graded):
        wrongs[name].append(wrong)
    if learn:
        write_patterns(assignment.staff_checks, graded, keep=bool(only))
    idle = list(unneeded(assignment, cases, results)) if not only else []
    _show(cases, wrongs, [*idle, *summary(graded)])
    return WRONG if idle or any(wrongs.values()) else OK


def _cases(assignment: Assignment, only: Sequence[str] | None) -> Iterator[Case]:
    answers = bank(assignment)
    source = assignment.source_notebook.read_bytes()
    found = [Case(SOLUTIONS, SOLUTIONS, assemble(source, answers.answers()))]
    released = assignment.release / assignment.notebook
    if released.is_file():
        found.append(Case(RELEASE, RELEASE, released.read_bytes()))
    found.append(Case("source", RELEASE, source))
    for kind, entries in (("alternative", answers.alternatives), ("mistake", answers.mistakes)):
        for entry in entries:
            notebook = assemble(source, answers.answers(entry))
            mistake = entry if kind == "mistake" else None
            found.append(Case(entry.stem, kind, notebook, mistake, entry.question))
    unknown = set(only or ()) - {case.name for case in found}
    if unknown:
        raise UsageError(f"not in the bank: {', '.join(sorted(unknown))}")
    yield from (case for case in found if not only or case.name in only)


def _narrowed(assignment: Assignment, question: str | None) -> Assignment:
    """Return the assignment with one question only, or with all of them if none is named."""
    kept = tuple(one for one in assignment.questions if question in (None, one.id))
    return replace(assignment, questions=kept)


def wrong_with(case: Case, result: Result) -> Iterator[str]:
    """Say, one sentence each, what of a result is not as it must be."""
    if result.status != "graded":
        yield f"status {result.status}: {result.message}"
    if case.kind == RELEASE:
        if result.score != 0:
            yield f"earns {result.score:g} points, must earn none"
        return
    for question in result.questions:
        full = question.score == question.max_score
        if case.entry is None or question.id != case.entry.question:
            if not full:
                lost = [check.id for check in question.checks if check.outcome != "passed"]
                yield f"loses points at {question.id} ({', '.join(lost)}), must earn all there"
            continue
        if full:
            yield f"earns full marks at {question.id}, must lose points"
        known = {check.id: check.outcome for check in question.checks}
        wanted = case.entry.caught_by
        if wanted not in known:
            yield f"its card names the check {wanted}, which {question.id} does not have"
        elif known[wanted] == "passed":
            others = [name for name, outcome in known.items() if outcome != "passed"]
            yield f"is not caught by {wanted}, but by {', '.join(others) or 'none'}"


def unneeded(
    assignment: Assignment, cases: Sequence[Case], results: dict[str, Result]
) -> Iterator[str]:
    """Say which checks no mistake needs: each must be on a card, or alone catch a mistake."""
    needed = set()
    for case in cases:
        if case.entry is None:
            continue
        needed.add((case.entry.question, case.entry.caught_by))
        if case.name in results:
            checks = results[case.name].question(case.entry.question).checks
            failed = [check.id for check in checks if check.outcome != "passed"]
            needed.update((case.entry.question, name) for name in failed if len(failed) == 1)
    for question in assignment.questions:
        for check in question.points:
            if (question.id, check) not in needed:
                yield (
                    f"check: {question.id}/{check} is needed by no mistake; add the mistake "
                    "that it is for, or remove it"
                )


def _print_matrix(
    assignment: Assignment, entries: Sequence[BankEntry], mistakes: kill_matrix.Mistakes
) -> None:
    """Print which checks each mistake fails, one table for each question."""
    console = Console(width=140, highlight=False)
    for question in assignment.questions:
        shown = [one for one in entries if one.question == question.id and one.stem in mistakes]
        if shown:
            heads = (f"{place:2d} {check}" for place, check in enumerate(question.points, 1))
            lines = (question.id, *heads, *kill_matrix.rows(question, shown, mistakes), "")
            console.print(Text("\n".join(lines)), soft_wrap=True)
    if mistakes:
        console.print(Text(kill_matrix.LEGEND + "\n"))


def _show(cases: Sequence[Case], wrongs: dict[str, list[str]], more: Sequence[str]) -> None:
    """Print what is wrong, one row each, a line for each kind of case, and what more there is."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    if any(wrongs.values()):
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("case", no_wrap=True)
        table.add_column("question")
        table.add_column("what is wrong", overflow="fold")
        for case in cases:
            for wrong in wrongs.get(case.name, []):
                place = case.entry.question if case.entry else "all"
                table.add_row(case.name, place, Text(wrong))
        console.print(table)
    for kind, must in (
        (SOLUTIONS, "earn full marks"),
        (RELEASE, "earns nothing"),
        ("alternative", "earn full marks"),
        ("mistake", "are caught, each at its question and by its check"),
    ):
        names = [case.name for case in cases if case.kind == kind]
        good = sum(not wrongs.get(name) for name in names)
        if names:
            console.print(Text(f"{kind}: {good} of {len(names)} {must}"))
    for line in more:
        console.print(Text(line))
