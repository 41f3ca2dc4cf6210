"""An assignment with several notebooks: one submission, one result, separate namespaces."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from autograder import Sandbox
from autograder.assignment.model import RubricError
from autograder.assignment.rubric import load
from autograder.cli.main import main
from autograder.grading.grade import grade
from autograder.results import files as results_files
from autograder.runners.submissions import collect
from tests.courses import tiny, two_notebooks
from tests.integrations.test_nbgrader import nbgrader
from tests.runners.test_dask_cluster import start, workers

BOTH = {"tiny.ipynb": tiny.answered(), "warmup.ipynb": two_notebooks.warmup()}
ABSENT = "warmup.ipynb was not handed in."

__all__ = ["workers"]  # a fixture


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return two_notebooks.write_course(tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def two(root):
    return load(root / "rubric.toml")


@pytest.fixture(scope="module")
def graded(two):
    """A function that grades a submission."""
    with Sandbox(path=[two.source], preload=two.preload) as sandbox:
        yield lambda submitted, **options: grade(submitted, "ada", two, sandbox, **options)


def scores(result) -> dict[str, float | None]:
    return {question.id: question.score for question in result.questions}


def hand_in(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def test_the_questions_of_all_notebooks_are_graded(graded):
    result = graded(BOTH)
    assert scores(result) == {"double": 6.0, "fourfold": 4.0, "half": 5.0}
    assert (result.status, result.score, result.max_score) == ("graded", 15.0, 15.0)


def test_a_notebook_that_is_not_handed_in_costs_its_own_questions(graded):
    result = graded({"tiny.ipynb": tiny.answered()})
    assert scores(result) == {"double": 6.0, "fourfold": 4.0, "half": 0.0}
    assert {check.message for check in result.question("half").checks} == {ABSENT}


def test_bytes_alone_are_the_main_notebook(graded):
    assert scores(graded(tiny.answered())) == scores(graded({"tiny.ipynb": tiny.answered()}))


def test_one_question_can_be_graded_alone(graded):
    assert scores(graded(BOTH, only="half")) == {"half": 5.0}


def test_notebooks_share_no_names(graded):
    shift = "shift = {}\ndef {}(x):\n    return {} + shift\n"
    ours = {
        "tiny.ipynb": tiny.answered(double=shift.format(0, "double", "2 * x")),
        "warmup.ipynb": two_notebooks.warmup(shift.format(0.5, "half", "x / 2 - 0.5")),
    }
    assert graded(ours).score == 15.0
    borrowed = BOTH | {"warmup.ipynb": two_notebooks.warmup("def half(x):\n    return double(x)/4")}
    (check,) = graded(borrowed).question("half").checks
    assert "name 'double' is not defined" in check.message


def test_an_answer_in_the_wrong_notebook_does_not_count(graded):
    swapped = {"tiny.ipynb": two_notebooks.warmup(), "warmup.ipynb": tiny.answered()}
    assert graded(swapped).score == 0.0


def test_a_notebook_that_cannot_be_read_leaves_the_decision_to_a_person(graded):
    result = graded(BOTH | {"warmup.ipynb": b'{"cells": ['})
    assert (result.status, result.score) == ("unreadable", None)
    assert result.message.startswith("warmup.ipynb: ")


FILES = {
    "ada": BOTH,
    "bob": {"tiny.ipynb": tiny.answered(double=tiny.FORGETS)},
    "cat": {
        "tiny copy.ipynb": tiny.answered(),
        "warmup (1).ipynb": two_notebooks.warmup("def half(x):\n    return x\n"),
    },
    "dan": {"warmup.ipynb": two_notebooks.warmup()},
    "eve": {"warmup-final.ipynb": two_notebooks.warmup(), "notes.txt": b""},
    "max": {"notes.txt": b""},
}
# FORGETS costs `double` its sign; `fourfold` is graded with a stand-in.
POINTS = {"ada": 15.0, "bob": 6.0, "cat": 10.0, "dan": 5.0, "eve": 5.0, "max": None}


@pytest.fixture(scope="module")
def submitted(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("class") / "submitted"
    for student, files in FILES.items():
        hand_in(folder / student / "tiny", files)
    return folder


def saved(folder: Path) -> dict[str, float | None]:
    return {one.student: one.score for one in results_files.read_folder(folder)}


def test_a_class_is_graded_and_regraded_where_a_notebook_changed(root, submitted, tmp_path, capsys):
    folders = ["--results", str(tmp_path), "--rubric", f"{root}/rubric.toml"]
    command = ["grade", str(submitted), *folders]
    assert main(command) == 0
    assert saved(tmp_path) == POINTS
    (cat,) = (one for one in results_files.read_folder(tmp_path) if one.student == "cat")
    (repair,) = cat.repairs
    assert "tiny.ipynb is missing; tiny copy.ipynb was graded in its place." in repair
    assert "warmup.ipynb is missing; warmup (1).ipynb was graded in its place." in repair
    late = submitted / "bob" / "tiny" / "warmup.ipynb"
    late.write_bytes(two_notebooks.warmup())
    try:
        capsys.readouterr()
        assert main(command) == 0
        assert "4 of them kept from an earlier run" in capsys.readouterr().out
        assert saved(tmp_path) == POINTS | {"bob": 11.0}
    finally:
        late.unlink()
    arguments = ["--submitted", str(submitted), "--rubric", f"{root}/rubric.toml"]
    assert main(["report", str(tmp_path), *arguments]) == 0


@pytest.mark.parametrize(
    "path", ["ada", "ada/tiny", "ada/tiny/tiny.ipynb", "ada/tiny/warmup.ipynb"]
)
def test_every_path_of_a_student_leads_to_the_whole_submission(submitted, two, path):
    (found,) = collect([submitted / path], two)
    assert (found.student, sorted(found.notebooks)) == ("ada", ["tiny.ipynb", "warmup.ipynb"])


def test_a_link_in_the_place_of_either_notebook_is_a_problem(tmp_path, two):
    hand_in(tmp_path / "bob" / "tiny", {"tiny.ipynb": tiny.answered()})
    (tmp_path / "bob" / "tiny" / "warmup.ipynb").symlink_to(tmp_path / "elsewhere")
    (found,) = collect([tmp_path], two)
    assert found.problem == "warmup.ipynb is a symbolic link, not the student's own work."


def test_the_answer_bank_is_validated_in_all_notebooks(root, capsys):
    main(["validate", "--rubric", f"{root}/rubric.toml"])
    printed = capsys.readouterr().out
    assert "solutions: 1 of 1 earn full marks" in printed
    assert "release: 1 of 1 earn nothing" in printed
    assert "mistake: 1 of 1 are caught" in printed


def test_nbgrader_has_the_points_of_each_notebook(root, submitted, tmp_path):
    course = two_notebooks.write_course(tmp_path)
    for student in ("ada", "bob", "dan"):
        hand_in(course / "submitted" / student / "tiny", FILES[student])
    for command in (["generate_assignment", "tiny"], ["autograde", "tiny"], ["export"]):
        nbgrader(course, *command)
    with (course / "grades.csv").open() as file:
        found = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert found == {student: POINTS[student] for student in found}
    assert len(found) == 3
    page = (course / "autograded" / "bob" / "tiny" / "warmup.ipynb").read_text()
    assert ABSENT in page


def test_a_cluster_gives_the_same_points(root, submitted, workers, tmp_path):
    (tmp_path / "course").mkdir()
    course = two_notebooks.write_course(tmp_path / "course")
    for student, files in FILES.items():
        hand_in(course / "submitted" / student / "tiny", files)
    run = start(course, tmp_path / "results", workers[1])
    errors = run.communicate(timeout=300)[1]
    assert run.returncode == 0, errors
    assert saved(tmp_path / "results") == POINTS


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"warmup.ipynb"', '"other.ipynb"', "the notebook other.ipynb is missing from tiny/"),
        ('"warmup.ipynb"', '"tiny.ipynb"', "tiny.ipynb has no cell with this grade_id"),
        ('"warmup.ipynb"', '"a/warmup.ipynb"', "question 'half': 'notebook' must be a name"),
        ('"warmup.ipynb"', "4", "question 'half': 'notebook' must be a text"),
        ('answer = "half"', 'answer = "half"\nneeds = ["double"]', "question of warmup.ipynb"),
        ('notebook = "tiny.ipynb"', 'notebook = "warmup.ipynb"', "has no cell with this grade_id"),
    ],
)
def test_each_error_about_notebooks_is_reported(tmp_path, old, new, words):
    path = two_notebooks.write_course(tmp_path) / "rubric.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(RubricError) as caught:
        load(path)
    assert words in str(caught.value)


def test_the_digests_of_a_notebook_ignore_the_other(tmp_path):
    root = two_notebooks.write_course(tmp_path)
    before = {one.id: one.digest for one in load(root / "rubric.toml").questions}
    path = root / "source/tiny/warmup.ipynb"
    tree = json.loads(path.read_bytes())
    tree["cells"][0]["source"] = "# Warm up well"
    path.write_text(json.dumps(tree))
    after = {one.id: one.digest for one in load(root / "rubric.toml").questions}
    assert {name for name in before if before[name] != after[name]} == {"half"}
