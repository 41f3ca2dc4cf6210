"""Run the checks in the student's own process, for stock nbgrader and otter-grader.

They call `points` from a cell or a test. Student code in that process can reach everything that a
check uses; our own grader avoids that.
"""

from __future__ import annotations

from autograder.assignment.rubric import load
from autograder.results.scoring import score_question
from checkkit.runner import run_checks


def points(question_id: str, answer: object) -> float:
    """Return the points of an answer in this process."""
    assignment = load().main
    (question,) = (one for one in assignment.questions if one.id == question_id)
    files = question.check_files
    reports = run_checks(files, {question.answer: answer}, select=question.check_ids)
    return score_question(question, reports).score or 0.0
