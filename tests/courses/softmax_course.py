"""Copy the course in `softmax/` with a class, and run commands in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from autograder.authoring.solved import main_filled
from autograder.notebooks.submitted_file import Submitted

HERE = Path(__file__).resolve().parent
COURSE = HERE / "softmax"


def make(root: Path, wrong: Mapping[str, str | None]) -> Assignment:
    """Copy the course, and write a submission for each student, with this mistake or none."""
    shutil.copytree(COURSE, root, ignore=shutil.ignore_patterns("__pycache__"))
    assignment = load(root / "rubric.toml")
    answers = load_bank(assignment)
    for student, mistake in wrong.items():
        entries = [answers.find(mistake)] if mistake else []
        hand_in(assignment, student, main_filled(assignment, answers.answers(*entries)))
    return assignment


def hand_in(assignment: Assignment, student: str, submitted: Submitted) -> None:
    """Write what a student hands in: the main notebook, or several by name."""
    folder = assignment.root / "submitted" / student / assignment.name
    folder.mkdir(parents=True)
    files = {assignment.notebook: submitted} if isinstance(submitted, bytes) else submitted
    for name, data in files.items():
        (folder / name).write_bytes(data)


def told(assignment: Assignment, program: str, *arguments: str) -> str:
    """Run a command in the course, and return its output."""
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=assignment.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def run_in_release(assignment: Assignment, code: str) -> subprocess.CompletedProcess[str]:
    """Run code as a student does, in the released folder alone."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=assignment.release,
        capture_output=True,
        text=True,
        check=False,
    )
