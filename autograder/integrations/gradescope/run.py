"""Grade one submission on Gradescope, and write the result in Gradescope's format.

`run_autograder` in the archive runs this program in a container for each submission; see
`archive.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from autograder.assignment.rubric_validation import VISIBILITIES
from autograder.notebooks.reader import Unreadable
from autograder.reports.feedback import WORDS, for_students
from autograder.results.model import CriterionResult, Result
from autograder.results.scoring import uniform_result
from autograder.runners.layouts import student_at
from autograder.runners.submissions import GradingTask, read_submitted
from autograder.support.cpu import processors, use_one_thread
from autograder.support.errors import OK, WRONG, CannotRunError
from autograder.support.files import write_atomically


def as_gradescope(
    result: Result, assignment: Assignment, *, staff: str = "visible"
) -> dict[str, Any]:
    """Return the content of `results.json`.

    Args:
        result: The result.
        assignment: The graded assignment.
        staff: When students see the hidden checks, in Gradescope's words.
    """
    return {
        "score": result.score or 0.0,  # Gradescope needs a number; an unreadable file has none
        "execution_time": round(result.seconds),
        "output": _plain("\n".join(filter(None, (result.message, *result.repairs)))),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": list(_tests(result, assignment, staff)),
        "extra_data": {
            "status": result.status,
            "sha256": result.sha256,
            "checks_sha256": result.checks_sha256,
            "confinement": list(result.confinement),
        },
    }


def _tests(result: Result, assignment: Assignment, staff: str) -> Iterator[dict[str, Any]]:
    """Yield a test for each criterion; students see it at once if they have one of its checks."""
    result = for_students(result, hints=assignment.hints)
    seen = {one.id: one.visible_check_ids for one in assignment.questions}
    for number, question in enumerate(result.questions, start=1):
        for place, criterion in enumerate(question.criteria, start=1):
            own = seen[question.id]
            visible = any(check.id in own for check in criterion.checks)
            # A test that students see at once must not say what they may see only later.
            whole = staff == "visible" or not visible
            yield {
                "number": f"{number}.{place}",
                "name": _plain(f"{question.id}: {criterion.title}"),
                "name_format": "text",
                "score": criterion.score or 0.0,
                "max_score": criterion.max_score,
                "status": "passed" if criterion.score == criterion.max_score else "failed",
                "output": _output(criterion, question.notes, None if whole else own),
                "output_format": "text",
                "tags": [question.id, *sorted({check.outcome for check in criterion.checks})],
                "visibility": "visible" if visible else staff,
            }
        for place, deduction in enumerate(question.deductions, len(question.criteria) + 1):
            yield {
                "number": f"{number}.{place}",
                "name": _plain(f"{question.id}: {deduction.reason}"),
                "name_format": "text",
                "score": -deduction.points,
                "max_score": 0,
                "status": "failed",
                "tags": [question.id],
                "visibility": "visible",
            }


def _output(
    criterion: CriterionResult, notes: tuple[str, ...], explained: Collection[str] | None
) -> str:
    """Return what failed, with the messages of the checks in `explained`; of all if it is None."""
    lines: list[str] = []
    for check in criterion.checks:
        if check.outcome == "passed":
            continue
        lines.append(f"{check.title} ({WORDS[check.outcome]})")
        if explained is None or check.id in explained:
            lines += filter(None, (check.message, check.hint and f"Hint: {check.hint}"))
    return _plain("\n".join((*lines, *notes) if lines else ()))


def _plain(text: str) -> str:
    """Return text without control characters; Gradescope escapes HTML."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text)


def main() -> int:
    """Grade the one submission of this container."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder.integrations.gradescope.run", description=__doc__
    )
    parser.add_argument(
        "--root", type=Path, required=True, help="the folder of Gradescope's folders"
    )
    parser.add_argument("--rubric", type=Path, required=True)
    parser.add_argument("--staff", choices=VISIBILITIES, default="visible")
    parser.add_argument("--unconfined", action="store_true")
    options = parser.parse_args()
    use_one_thread()  # before anything imports NumPy or torch
    assignment = load(options.rubric)
    try:
        result = _graded(options.root / "submission", assignment, confine=not options.unconfined)
    except CannotRunError as error:
        # Without results.json, Gradescope reports that the autograder failed and gives no score.
        print(f"autograder: {error}", file=sys.stderr)
        return WRONG
    if result.status == "grader_error":
        print(f"autograder: {result.message}", file=sys.stderr)
        return WRONG
    tree = as_gradescope(result, assignment, staff=options.staff)
    text = json.dumps(tree, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(options.root / "results" / "results.json", text + "\n")
    return OK


def _graded(folder: Path, assignment: Assignment, *, confine: bool) -> Result:
    submission = student_at("submission", folder, assignment)
    notebook = read_submitted(submission)
    if isinstance(notebook, Unreadable):
        return uniform_result(b"", "submission", assignment, "unreadable", notebook.reason)
    from autograder.runners.sandbox_startup import open_sandbox

    with open_sandbox(assignment, confine=confine, forbidden=[folder]) as sandbox:
        # Imports torch, so the sandbox must be started first.
        from autograder.runners.question_parallel import run

        task = GradingTask(submission.student, notebook)
        (result,) = (step[1] for step in run([task], assignment, sandbox, processors()) if step)
    return result.with_repair(submission.repair)


if __name__ == "__main__":
    sys.exit(main())
