"""Grade the solutions and keep what the checks show of them, to stand beside each student's.

`python -m tools.course_pictures` writes `solutions/shown.json`. Do it again after a change of the
solutions or of what a check shows; a test says if the file is of other pictures.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from autograder.support.cpu import use_one_thread

use_one_thread()
from autograder.assignment.answer_bank import assemble, bank
from autograder.assignment.model import Assignment, load
from autograder.grading.grade import grade
from autograder.results.artifacts import FILE
from autograder.runners.sandbox_startup import open_sandbox


def made(assignment: Assignment) -> str:
    """Return the text of the file: by question, what its checks show of the solution."""
    answers = {name: entry.code for name, entry in bank(assignment).solutions.items()}
    solved = assemble(assignment.source_notebook.read_bytes(), answers)
    with open_sandbox(assignment) as sandbox:
        result = grade(solved, "the course", assignment, sandbox)
    told = {
        question.id: [asdict(one) for check in question.checks for one in check.shown]
        for question in result.questions
    }
    kept = {name: shown for name, shown in told.items() if shown}
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the file."""
    assignment = load()
    (assignment.solutions / FILE).write_text(made(assignment), encoding="utf-8")


if __name__ == "__main__":
    main()
