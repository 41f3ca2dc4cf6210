"""When a check itself breaks: is it the check's fault, or was it given something odd on purpose?

A grader's error costs no points, so an answer that makes a check stumble would earn them. The check
is run once more, against the reference answer: if that one passes, the check is sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.assignment.answer_bank import BankError, assemble, read_entry
from autograder.grading.cell_selection import take
from autograder.notebooks.reader import Unreadable, read
from autograder.sandbox import StudentGone
from checkkit.host import CheckHost
from checkkit.outcomes import CheckResult
from checkkit.runner import run_checks

if TYPE_CHECKING:
    from autograder.assignment.model import Assignment, Question
    from autograder.sandbox import Sandbox


def recheck(
    results: Sequence[CheckResult], question: Question, assignment: Assignment, sandbox: Sandbox
) -> list[CheckResult]:
    """Return the results, with the grader's errors that are the answer's doing called `error`.

    The submission's own workers must be closed: the reference never shares the room with them.
    """
    broken = {result.id for result in results if result.outcome == "grader_error"}
    broken &= question.points.keys()
    sound = _sound_checks(broken, question, assignment, sandbox) if broken else set()
    return [
        replace(
            result,
            outcome="error",
            message=f"{question.answer}: what it gave cannot be worked with ({result.message})",
        )
        if result.id in sound
        else result
        for result in results
    ]


def _sound_checks(
    names: set[str], question: Question, assignment: Assignment, sandbox: Sandbox
) -> set[str]:
    """Return which of these checks the reference answer passes; none if there is no reference."""
    try:
        answers = {
            one.id: read_entry(assignment.solutions / f"{one.id}.py").code
            for one in assignment.questions
        }
        solved = read(assemble(assignment.source_notebook.read_bytes(), answers))
    except (BankError, OSError):
        return set()
    if isinstance(solved, Unreadable):
        return set()
    cells = take(solved, assignment).cells
    answered = [one.answer for one in assignment.questions]
    # what it needs of questions that are not graded now
    needed = {name: assignment.stand_in(name) for name in question.needs if name not in answered}
    session = sandbox.session(cells, answered, needed, assignment.budgets)
    try:
        session.load()
        again = run_checks(
            assignment.check_files(question),
            session.answers([question.answer]),
            select=names,
            unexpected="grader_error",
            host=CheckHost(session.seed_for_check, session.fresh_copy),
        )
    except StudentGone:
        return set()
    finally:
        session.close()
    return {result.id for result in again if result.outcome == "passed"}
