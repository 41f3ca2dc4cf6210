"""A second course, `softmax/`, from release to gradebook: the engine serves it unchanged."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from autograder.assignment.model import Assignment
from autograder.results.model import checks_in
from tests.courses.softmax_course import hand_in, make, run_in_release, told

# The mistake in each student's answers, and their points for the two questions.
WRONG = {"ada": None, "bob": "softmax-twice", "cyd": "lr-ignored", "dan": "in-place"}
SCORES = {"ada": (10, 10), "bob": (3, 10), "cyd": (10, 2), "dan": (10, 8), "eve": (0, 0)}


@pytest.fixture(scope="module")
def softmax(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """The course in a folder of its own, released, with what five students handed in."""
    assignment = make(tmp_path_factory.mktemp("course") / "softmax", WRONG)
    told(assignment, "autograder", "release")
    hand_in(assignment, "eve", (assignment.release / "softmax.ipynb").read_bytes())
    return assignment


@pytest.fixture(scope="module")
def graded(softmax: Assignment) -> Path:
    """The folder with the results of `autograder grade`."""
    told(softmax, "autograder", "grade", "submitted", "--results", "results")
    return softmax.root / "results"


def test_right_answers_earn_all_points_the_release_none_and_every_mistake_is_caught(softmax):
    said = told(softmax, "autograder", "validate")
    for line in ("solutions: 1 of 1", "release: 2 of 2", "alternative: 3 of 3", "mistake: 9 of 9"):
        assert line in said
    assert re.search(r"diagnosis: [5-9] of 9 mistakes named .*, 0 wrong", said), said


def test_the_release_is_up_to_date_and_leaks_nothing(softmax):
    told(softmax, "autograder", "release", "--check")
    released = {p.relative_to(softmax.release).as_posix() for p in softmax.release.rglob("*")}
    assert {"softmax.ipynb", "checkkit/expect.py", "checks/check_train_step.py"} <= released


def test_the_release_runs_without_the_engine(softmax):
    code = "from softlab import check\ncheck('softmax_loss', lambda scores, _: scores.sum() * 0)\n"
    done = run_in_release(softmax, code)
    assert "CheckFailed: softmax_loss of even scores: expected 1.386, got 0" in done.stderr
    assert "✓ The loss is one number, whatever the batch\n" in done.stdout
    assert "✗ Where all four classes" in done.stdout
    assert "expected 1.386, got 0" in done.stdout


def test_a_wrong_answer_is_replaced_by_a_stand_in_for_later_questions(graded):
    results = {path.stem: json.loads(path.read_text()) for path in graded.glob("*.json")}
    scores = {name: tuple(q["score"] for q in one["questions"]) for name, one in results.items()}
    assert scores == SCORES
    assert "stand-in for softmax_loss" in results["bob"]["questions"][1]["notes"][0]
    named = {c["misconception"] for c in checks_in(results["bob"])}
    assert named == {None, "softmax-twice"}


def test_reports_name_this_course_and_no_other(softmax, graded):
    told(softmax, "autograder", "report", "results", "--submitted", "submitted")
    pages = [graded / "report.html", *sorted((graded / "feedback").glob("*.html"))]
    assert len(pages) == 1 + len(SCORES)
    for page in pages:
        text = page.read_text()
        assert "softmax" in text
        assert not re.search(r"\bvae|autoencoder|reparameterize", text, re.IGNORECASE), page


@pytest.mark.exhaustive
def test_nbgrader_gives_the_scores_of_autograder_grade_and_of_its_export(softmax, graded):
    told(softmax, "autograder", "export", "nbgrader", "results")
    shutil.move(graded, softmax.root / "kept")  # so that nbgrader has to grade for itself
    try:
        for command in (["generate_assignment", "softmax"], ["autograde", "softmax"], ["export"]):
            told(softmax, "nbgrader", *command)
    finally:
        shutil.move(softmax.root / "kept", graded)
    for path in (softmax.root / "grades.csv", graded / "nbgrader.csv"):
        with path.open(newline="") as file:
            scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
        assert scores == {name: float(sum(of)) for name, of in SCORES.items()}, path
