"""The same checks for graders that run them in the student's own process.

Stock nbgrader and otter-grader call `points` from a cell or a test: whatever a check needs is then
within the student's reach, which is how they work and why this program does not.
"""

from __future__ import annotations

from autograder.assignment.model import load
from checkkit.runner import run_checks


def points(question_id: str, answer: object) -> float:
    """Return the points of an answer that is in this process."""
    assignment = load()
    (question,) = (one for one in assignment.questions if one.id == question_id)
    files = assignment.check_files(question)
    results = run_checks(files, {question.answer: answer}, select=question.points.keys())
    return sum(question.points[one.id] for one in results if one.outcome == "passed")
