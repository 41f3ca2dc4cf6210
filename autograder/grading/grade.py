"""Grade one submission: the bytes of a notebook in, plain data out.

The same function serves the command line, nbgrader and a pool of processes. It reads no other
file of the student's, writes nothing, and gives the same result every time but for the seconds.
"""

from __future__ import annotations

import hashlib
import sys
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from autograder.grading.cell_selection import Taken, take
from autograder.grading.fingerprints import named
from autograder.grading.recheck import recheck
from autograder.notebooks.reader import Unreadable, read
from autograder.results.model import Outcome, QuestionResult, Result
from autograder.results.scoring import graded_by, no_grade, nothing_run, scored, tidy
from autograder.sandbox import StudentGone
from autograder.support.versions import versions
from checkkit.host import CheckHost
from checkkit.runner import run_checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from autograder.assignment.model import Assignment, Question
    from autograder.sandbox import LoadReport, Sandbox, Session


# Types of what students bind to an answer's name by mistake; everything else is tried.
_NOT_TO_BE_CALLED = frozenset(
    {"int", "float", "bool", "str", "bytes", "list", "tuple", "dict", "set", "NoneType", "Tensor"}
)


def grade(
    notebook: bytes,
    student: str,
    assignment: Assignment,
    sandbox: Sandbox,
    kept: Mapping[str, QuestionResult] | None = None,
    alone: str = "",
) -> Result:
    """Grade one submission.

    Args:
        notebook: The submitted file's bytes, whatever they are.
        student: Whose they are.
        assignment: What is graded.
        room: Where the student's code runs; its processes are forked here.
        kept: Results of an earlier grading of these bytes, by question, that need not be made
            again. One that was made with other stand-ins than are needed now is made again.
        alone: The one question to grade, as if nothing that it needs had lost points; empty: all.
    """
    start = time.monotonic()
    let_checks_import(assignment)
    found = read(notebook)
    if isinstance(found, Unreadable):
        return no_grade(notebook, student, assignment, "unreadable", found.reason)
    taken = take(found, assignment)
    sessions = _Sessions(sandbox, taken, assignment)
    questions: list[QuestionResult] = []
    try:
        for question in assignment.questions:
            if alone and question.id != alone:
                continue
            lost = {
                earlier.answer
                for earlier, result in zip(assignment.questions, questions, strict=False)
                if result.score < result.max_score
            }
            lost &= set(question.needs)
            earlier = (kept or {}).get(question.id)
            if earlier is not None and set(earlier.stand_ins) == lost:
                questions.append(earlier)
                continue
            result = _grade_question(question, lost, sessions)
            digest = assignment.question_digest(question)
            stand_ins = tuple(sorted(lost))
            questions.append(replace(result, stand_ins=stand_ins, checks_sha256=digest))
        repairs = (*found.repairs, *taken.repairs, *sessions.cut_off())
    finally:
        sessions.close()
    broken = [check for q in questions for check in q.checks if check.outcome == "grader_error"]
    message = f"The grader itself failed, no points lost: {broken[0].message}" if broken else ""
    return Result(
        student=student,
        assignment=assignment.name,
        status="grader_error" if broken else "graded",
        score=sum(question.score for question in questions),
        max_score=assignment.max_score,
        questions=tuple(questions),
        message=message,
        repairs=repairs,
        sha256=hashlib.sha256(notebook).hexdigest(),
        checks_sha256=graded_by(assignment, questions),
        confinement=tuple(sandbox.confinement),
        seconds=round(time.monotonic() - start, 3),
        versions=versions(),
    )


def let_checks_import(assignment: Assignment) -> None:
    """Let check files import what the notebook imports; what is installed goes first."""
    if str(assignment.source) not in sys.path:
        sys.path.append(str(assignment.source))


def host_for(session: Session) -> CheckHost:
    """Return the room as checks know it."""
    return CheckHost(session.seed_for_check, session.fresh_copy, session.isolated)


@dataclass
class _Sessions:
    """The student's cells in the room: once as they are, once for each set of stand-ins."""

    sandbox: Sandbox
    taken: Taken
    assignment: Assignment
    loaded: dict[frozenset[str], tuple[Session, LoadReport | StudentGone]] = field(
        default_factory=dict
    )

    @property
    def wanted(self) -> list[str]:
        """The names that the notebook is to define."""
        return [question.answer for question in self.assignment.questions]

    def with_stand_ins(self, names: Iterable[str]) -> tuple[Session, LoadReport | StudentGone]:
        """Return a visit with stand-ins for these answers, and what loading the cells came to."""
        key = frozenset(names)
        if key not in self.loaded:
            stand_ins = {name: self.assignment.stand_in(name) for name in sorted(key)}
            session = self.sandbox.session(
                self.taken.cells, self.wanted, stand_ins, self.assignment.budgets
            )
            try:
                self.loaded[key] = session, session.load()
            except StudentGone as gone:
                self.loaded[key] = session, gone
        return self.loaded[key]

    def cut_off(self) -> list[str]:
        """Say which of the student's other cells could not be taken as they are."""
        _, report = self.with_stand_ins(())
        if isinstance(report, StudentGone):
            return []
        return [
            f"{cell.id.capitalize()} was left out ({cell.status}): {tidy(cell.message)}."
            for cell in report.cells
            if cell.id.startswith("cell ") and cell.status in {"cut off", "syntax error"}
        ]

    def close(self) -> None:
        """Let all workers go."""
        for session, _ in self.loaded.values():
            session.close()


def _grade_question(question: Question, lost: set[str], sessions: _Sessions) -> QuestionResult:
    """Run one question's checks, with stand-ins for the wrong answers that it needs."""
    session, report = sessions.with_stand_ins(lost)
    notes = [
        f"Graded with a stand-in for {name}, which lost points itself." for name in sorted(lost)
    ]
    if isinstance(report, StudentGone):
        outcome: Outcome = getattr(report, "outcome", "error")
        return nothing_run(question, outcome, f"The cells could not be run: {report}", None)
    troubles = [
        tidy(cell.message)
        if cell.status in cell.message
        else f"{cell.status}: {tidy(cell.message)}"
        for cell in report.cells
        if cell.status != "ok" and sessions.taken.owner.get(cell.id) == question.id
    ]
    if question.answer not in report.names:
        return nothing_run(question, "blocked", _why_missing(question, troubles, sessions), None)
    kind = report.names[question.answer]
    if kind in _NOT_TO_BE_CALLED:
        reason = f"{question.answer} is of type {kind}, which cannot be called."
        return nothing_run(question, "blocked", reason, None)
    notes += [f"The answer's cell did not run to its end: {trouble}." for trouble in troubles]
    session.begin()
    results = run_checks(
        sessions.assignment.check_files(question),
        session.answers([question.answer]),
        select=question.points.keys(),
        unexpected="grader_error",
        host=host_for(session),
    )
    if any(result.outcome == "grader_error" for result in results):
        sessions.close()
        results = recheck(results, question, sessions.assignment, sessions.sandbox)
    return named(scored(question, results, notes), sessions.assignment.staff_checks)


def _why_missing(question: Question, troubles: list[str], sessions: _Sessions) -> str:
    if troubles:
        return f"{question.answer} is not defined: its cell failed: {troubles[0]}."
    if question.id in sessions.taken.empty:
        return f"{question.answer} is not defined: {sessions.taken.empty[question.id]}"
    return f"{question.answer} is not defined: no cell of the notebook has this name."
