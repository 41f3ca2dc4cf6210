"""What of an earlier result still holds, question by question. No torch here: this must be quick.

A question's outcomes hold while the submission, the versions, its checks and the stand-ins are the
same. Points are no part of that: outcomes get today's points without anything being run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace

from autograder.assignment.model import Assignment
from autograder.results.model import QuestionResult, Result
from autograder.results.scoring import graded_by, no_grade, rescored
from autograder.support.versions import alike, versions


def kept_questions(
    earlier: Result | None,
    notebook: bytes,
    assignment: Assignment,
    *,
    confine: bool,
    only: Collection[str] = (),
) -> dict[str, QuestionResult]:
    """Return the questions of an earlier result that need not be graded again, with today's points.

    Args:
        earlier: The earlier result, if there is one.
        notebook: The bytes that are to be graded now.
        assignment: What they are graded by.
        confine: Whether code must be confined; then nothing holds that was found without walls.
        only: The questions to grade again. The others are then kept, whatever has changed in their
            checks; without any, each is kept whose checks are the same.
    """
    if earlier is None or not _same(earlier, notebook) or (confine and not earlier.confinement):
        return {}
    kept = {}
    for question in assignment.questions:
        found = {one.id: one for one in earlier.questions}.get(question.id)
        if found is None or {check.id for check in found.checks} != question.points.keys():
            continue
        if any(check.outcome == "grader_error" for check in found.checks):
            continue
        same_checks = found.checks_sha256 == assignment.question_digest(question)
        if (question.id not in only) if only else same_checks:
            kept[question.id] = rescored(question, found)
    return kept


def still_whole(
    earlier: Result | None,
    kept: Mapping[str, QuestionResult],
    notebook: bytes,
    assignment: Assignment,
) -> Result | None:
    """Return the result with today's points, if nothing of the submission must be run for it."""
    if earlier is None or not _same(earlier, notebook):
        return None
    if earlier.status == "unreadable":
        return replace(
            no_grade(notebook, earlier.student, assignment, "unreadable", earlier.message),
            repairs=earlier.repairs,
        )
    questions = [kept[one.id] for one in assignment.questions if one.id in kept]
    if len(questions) < len(assignment.questions):
        return None
    lost: set[str] = set()
    for question, result in zip(assignment.questions, questions, strict=True):
        if set(result.stand_ins) != lost & set(question.needs):
            return None  # with these points, a stand-in is needed where none was, or none where one
        if result.score < result.max_score:
            lost.add(question.answer)
    return replace(
        earlier,
        status="graded",
        message="",
        score=sum(question.score for question in questions),
        max_score=assignment.max_score,
        questions=tuple(questions),
        checks_sha256=graded_by(assignment, questions),
    )


def _same(earlier: Result, notebook: bytes) -> bool:
    same_bytes = earlier.sha256 == hashlib.sha256(notebook).hexdigest()
    return same_bytes and alike(earlier.versions, versions())
