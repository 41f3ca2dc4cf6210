"""Write the artifacts of the reference answers, which feedback pages show beside each student's.

`python -m tools.course_pictures` writes `solutions/shown.json`. Run it after a change of the
reference answers or of what a check records; a test fails if the file is out of date.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from autograder.authoring.solved import main_filled
from autograder.results.artifacts import FILE
from autograder.support.cpu import use_one_thread


def reference_artifacts(assignment: Assignment) -> str:
    """Return the text of the file: the artifacts of the reference answers, by question."""
    # Imports torch, which must come after `use_one_thread` in a program.
    from autograder.grading.grade import grade
    from autograder.runners.sandbox_startup import open_sandbox

    answers = load_bank(assignment).answers()
    solved = main_filled(assignment, answers)
    with open_sandbox(assignment) as sandbox:
        result = grade(solved, "the course", assignment, sandbox)
    artifacts = {
        question.id: [asdict(one) for check in question.checks for one in check.shown]
        for question in result.questions
    }
    kept = {question: shown for question, shown in artifacts.items() if shown}
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the file."""
    use_one_thread()
    assignment = load()
    (assignment.solutions / FILE).write_text(reference_artifacts(assignment), encoding="utf-8")


if __name__ == "__main__":
    main()
