"""Grade one submission: the bytes of a notebook in, a result out.

The command line, nbgrader and the process pool all call `grade`. It reads no other file of the
student, writes nothing, and always returns the same result apart from the seconds.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.assignment.model import Assignment, Mend, Question
from autograder.grading.cell_selection import SelectedCells, select_cells
from autograder.grading.code_lines import with_code_lines
from autograder.grading.fingerprints import name_mistake
from autograder.grading.mends import MEND, alias_of, misnamed_answer, source_of, with_mends
from autograder.grading.recheck import recheck
from autograder.grading.unusable import why_unusable
from autograder.notebooks.reader import Unreadable, read
from autograder.results.model import Deduction, Outcome, QuestionResult, Result
from autograder.results.scoring import (
    current_digest,
    score_question,
    total,
    uniform_question,
    uniform_result,
    with_score,
    without_addresses,
)
from autograder.sandbox import Cell, LoadReport, Sandbox, SandboxError, Session, StudentGone
from autograder.support.versions import versions
from checkkit.host import CheckHost
from checkkit.outcomes import CheckReport
from checkkit.runner import run_checks

# What a result says of an extra cell, by the cell's status.
_LEFT_OUT = {"cut off": "cut off", "syntax error": "left out (syntax error)"}
_KILLED = (
    "the process that the code ran in was killed from outside, twice; is the machine out of memory?"
)


def grade(
    notebook: bytes,
    student: str,
    assignment: Assignment,
    sandbox: Sandbox,
    reusable: Mapping[str, QuestionResult] | None = None,
    only: str = "",
) -> Result:
    """Grade one submission.

    The student's code runs in worker processes of the sandbox; the checks run in this process and
    call it through proxies. A question that needs a wrong answer is graded with a stand-in for it,
    so that a mistake costs points at its own question only.

    Args:
        notebook: The bytes of the submitted file, whatever they are.
        student: Name of the student, for the result.
        assignment: What to grade, from `autograder.load`.
        sandbox: Where the student's code runs. It can be shared by any number of calls, one after
            the other, and by forked processes.
        reusable: Results of an earlier grading of the same bytes, by question id, from
            `results.reuse.reusable_questions`. A question is graded again if it needs other
            stand-ins now.
        only: Id of the one question to grade, as if the answers that it needs were right. By
            default all questions are graded.

    Returns:
        The result. Its `status` is `graded`, `unreadable` (not a notebook) or `grader_error` (a
        check is broken); the last two have no score, and a person should look at them. Errors in
        the notebook are part of the result; they raise no exception.

    Raises:
        SandboxError: If the sandbox has ended.
    """
    start = time.monotonic()
    make_importable(assignment.source)
    found = read(notebook)
    if isinstance(found, Unreadable):
        return uniform_result(notebook, student, assignment, "unreadable", found.reason)
    selected = select_cells(found, assignment)
    end = start + assignment.budgets.submission_seconds
    sessions = _Sessions(selected, assignment, sandbox, end)
    questions: list[QuestionResult] = []
    try:
        for question in assignment.questions:
            if only and question.id != only:
                continue
            lost = {
                earlier.answer
                for earlier, result in zip(assignment.questions, questions, strict=False)
                if result.score != result.max_score
            }
            lost &= set(question.needs)
            earlier_result = (reusable or {}).get(question.id)
            if earlier_result is not None and set(earlier_result.stand_ins) == lost:
                questions.append(earlier_result)
                continue
            result = with_code_lines(_grade_question(question, lost, sessions), selected)
            stand_ins = tuple(sorted(lost))
            questions.append(replace(result, stand_ins=stand_ins, checks_sha256=question.digest))
        repairs = (*found.repairs, *selected.repairs, *sessions.skipped_cells())
    finally:
        sessions.close()
    broken = [check for q in questions for check in q.checks if check.outcome == "grader_error"]
    message = f"Not graded, the grader itself failed: {broken[0].message}" if broken else ""
    return Result(
        student=student,
        assignment=assignment.name,
        status="grader_error" if broken else "graded",
        score=total(questions),
        max_score=assignment.max_score,
        questions=tuple(questions),
        message=message,
        repairs=repairs,
        sha256=hashlib.sha256(notebook).hexdigest(),
        checks_sha256=current_digest(assignment, questions),
        rubric=assignment.relative_rubric.as_posix(),
        rubric_sha256=assignment.rubric_sha256,
        confinement=tuple(sandbox.confinement),
        seconds=round(time.monotonic() - start, 3),
        versions=versions(),
    )


def make_importable(source: Path) -> None:
    """Let check files import what the notebook imports; installed packages take precedence."""
    if str(source) not in sys.path:
        sys.path.append(str(source))


@dataclass
class _Sessions:
    """The sessions of one submission in the sandbox: one for each set of stand-ins and mends."""

    selected: SelectedCells
    assignment: Assignment
    sandbox: Sandbox
    end: float
    loaded: dict[tuple[frozenset[str], str], tuple[Session, LoadReport | StudentGone]] = field(
        default_factory=dict
    )

    def load(
        self, stand_ins: Mapping[str, str], mend: str = ""
    ) -> tuple[Session, LoadReport | StudentGone]:
        """Return the session with these stand-ins, and how its cells loaded.

        The workers of all other sessions end: each of them may hold all the memory that a worker
        may have.

        Args:
            stand_ins: Source code by the name of the answer that it replaces.
            mend: Source code that runs after the submission's cells.
        """
        key = frozenset(stand_ins), mend
        for other, (session, _) in self.loaded.items():
            if other != key:
                session.close()
        if key not in self.loaded:
            wanted = [question.answer for question in self.assignment.questions]
            cells = [*self.selected.cells, *([Cell(MEND, mend, "answer")] if mend else [])]
            session = self.sandbox.session(
                cells, wanted, stand_ins, self.assignment.budgets, self.end
            )
            try:
                self.loaded[key] = session, session.load()
            except StudentGone as gone:
                self.loaded[key] = session, gone
        return self.loaded[key]

    def skipped_cells(self) -> list[str]:
        """Return a sentence for each of the student's extra cells that was not used as a whole."""
        _, report = self.load({})
        if isinstance(report, StudentGone):
            return []
        return [
            f"{cell.id.capitalize()} was {_LEFT_OUT[cell.status]}: "
            f"{without_addresses(cell.message)}."
            for cell in report.cells
            if cell.id.startswith("cell ") and cell.status in _LEFT_OUT
        ]

    def recheck(self, reports: list[CheckReport], question: Question) -> list[CheckReport]:
        """Return the reports with each grader error attributed to the answer or to the check."""
        if all(report.outcome != "grader_error" for report in reports):
            return reports
        self.close()
        return recheck(reports, question, self.assignment, self.sandbox)

    def close(self) -> None:
        """Close all sessions; the next call that needs a worker starts one."""
        for session, _ in self.loaded.values():
            session.close()


def _grade_question(question: Question, lost: set[str], sessions: _Sessions) -> QuestionResult:
    """Grade one question, with stand-ins for the wrong answers that it needs, and with mends."""
    stand_ins = {name: question.stand_ins[name] for name in sorted(lost)}

    def graded(alias: str) -> QuestionResult:
        """Return the result; `alias` is a cell that gives the answer its name."""

        def mended(mend: Mend) -> QuestionResult | None:
            if time.monotonic() > sessions.end:
                return None
            source = alias + source_of(mend, question)
            return _run(question, stand_ins, sessions, source, mend)

        result = _run(question, stand_ins, sessions, alias)
        named = name_mistake(result, sessions.assignment.staff_checks)
        return with_mends(question, named, mended)

    result = graded("")
    name = misnamed_answer(question, sessions.selected, sessions.assignment)
    if name and all(check.outcome == "blocked" for check in result.checks):
        renamed = graded(alias_of(name, question))
        if renamed.score != 0:  # points, or None if the grader failed
            reason = f"It must be called `{question.answer}`; `{name}` was graded in its place."
            return with_score(renamed, Deduction(sessions.assignment.misnamed_costs, reason))
    return result


def _run(
    question: Question,
    stand_ins: Mapping[str, str],
    sessions: _Sessions,
    added: str = "",
    mend: Mend | None = None,
) -> QuestionResult:
    """Run the checks of one question.

    Args:
        question: The question.
        stand_ins: Source code by the name of the answer that it replaces.
        sessions: The submission's sessions.
        added: Source code that runs after the submission's cells.
        mend: The mend in it. Unless its own check passes, no other check is run.
    """
    session, report = sessions.load(stand_ins, added)
    if sessions.sandbox.has_ended:
        raise SandboxError("the sandbox has ended")
    if session.killed:
        return uniform_question(question, "grader_error", _KILLED)
    if isinstance(report, StudentGone):
        outcome: Outcome = getattr(report, "outcome", "error")
        return uniform_question(question, outcome, f"The cells could not be run: {report}")
    errors = [
        without_addresses(cell.message)
        if cell.status in cell.message
        else f"{cell.status}: {without_addresses(cell.message)}"
        for cell in report.cells
        if cell.status != "ok" and sessions.selected.owner.get(cell.id, cell.id) == question.id
    ]
    if reason := why_unusable(question, report, errors, sessions.selected):
        return uniform_question(question, "blocked", reason)
    if mend and not session.killed:
        tried = _reports(question, session, [mend.check])
        if any(one.outcome != "passed" for one in tried) and not session.killed:
            return uniform_question(question, "blocked", "This was not what had to be mended.")
    for _attempt in range(2):
        reports = _reports(question, session, question.check_ids)
        if sessions.sandbox.has_ended:
            raise SandboxError("the sandbox has ended")
        if not session.killed:
            break
    else:
        return uniform_question(question, "grader_error", _KILLED)
    notes = [f"Graded with a stand-in for {name}, which lost points itself." for name in stand_ins]
    notes += [f"The answer's cell did not run to its end: {error}." for error in errors]
    title = mend.title if mend else ""
    return score_question(question, sessions.recheck(reports, question), notes, title)


def _reports(question: Question, session: Session, checks: Collection[str]) -> list[CheckReport]:
    """Run checks of a question in a new worker."""
    session.begin()
    return run_checks(
        question.check_files,
        session.answers([question.answer]),
        select=checks,
        unexpected="grader_error",
        host=CheckHost(session.seed_for_check, session.fresh_copy, session.isolated),
    )
