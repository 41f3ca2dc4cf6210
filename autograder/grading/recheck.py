"""Decide who is to blame when a check breaks: the check, or an answer that returned odd values.

A question with a grader error has no score until a person decides. No answer should bring that
about by breaking a check. So the check runs once more, against the reference answers. If it passes
there, the check is sound.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from autograder.assignment.answer_bank import BankError, read_entry
from autograder.assignment.model import Assignment, Question
from autograder.grading.cell_selection import select_cells
from autograder.notebooks.fill import FillError, fill_notebook
from autograder.notebooks.reader import Unreadable, read
from autograder.sandbox import Sandbox, StudentGone
from checkkit.host import CheckHost
from checkkit.outcomes import CheckReport
from checkkit.runner import run_checks


def recheck(
    reports: Sequence[CheckReport], question: Question, assignment: Assignment, sandbox: Sandbox
) -> list[CheckReport]:
    """Return the reports, with each grader error that the answer caused changed to an `error`.

    Close the submission's own sessions first: the reference answers never share the sandbox with
    a submission.
    """
    broken = {report.id for report in reports if report.outcome == "grader_error"}
    broken &= {*question.check_ids}
    sound = _sound_checks(broken, question, assignment, sandbox) if broken else set()
    return [
        replace(
            report,
            outcome="error",
            message=f"{question.answer}: the check cannot use what it returned ({report.message})",
        )
        if report.id in sound
        else report
        for report in reports
    ]


def _sound_checks(
    check_ids: Collection[str], question: Question, assignment: Assignment, sandbox: Sandbox
) -> set[str]:
    """Return the checks that the reference answers pass; none if there are no reference answers."""
    try:
        answers = {
            one.id: read_entry(assignment.solutions / f"{one.id}.py").code
            for one in assignment.questions
        }
        solved = read(fill_notebook(assignment.source_notebook.read_bytes(), answers))
    except (BankError, FillError, OSError):
        return set()
    if isinstance(solved, Unreadable):
        return set()
    cells = select_cells(solved, assignment).cells
    answered = [one.answer for one in assignment.questions]
    # The assignment may have been narrowed to some questions; the others need stand-ins.
    stand_ins = {
        name: source for name, source in question.stand_ins.items() if name not in answered
    }
    session = sandbox.session(cells, answered, stand_ins, assignment.budgets)
    try:
        session.load()
        reports = run_checks(
            question.check_files,
            session.answers([question.answer]),
            select=check_ids,
            unexpected="grader_error",
            host=CheckHost(session.seed_for_check, session.fresh_copy),
        )
    except StudentGone:
        return set()
    finally:
        session.close()
    return {report.id for report in reports if report.outcome == "passed"}
