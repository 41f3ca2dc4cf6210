"""Autograded cells that the rubric does not know are refused before nbgrader stores anything."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.assignment.model import RubricError
from autograder.assignment.rubric import load
from autograder.cli.main import main
from tests.courses import tiny
from tests.integrations.test_nbgrader import nbgrader
from tests.sampling import one_in

EXTRA = tiny.cell("code", "assert True", 21, grade_id="extra", grade=True, locked=True, points=20)
WRITTEN = tiny.cell(
    "markdown", "YOUR ANSWER HERE", 22, grade_id="words", grade=True, solution=True, points=5
)
MANUAL = tiny.cell(
    "code", "# YOUR CODE HERE", 23, grade_id="plot", grade=True, solution=True, points=5
)
REFUSED = "no question of the rubric covers the autograded cell 'extra'"


def put(folder: Path, name: str, *cells: dict[str, object]) -> None:
    """Write a notebook with these cells."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(tiny.notebook([tiny.cell("markdown", "# More", 20), *cells]))


def stored(course: Path) -> dict[str, list[str]]:
    """Return the submissions by assignment in the gradebook."""
    if not (course / "gradebook.db").exists():
        return {}
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return {
            one.name: [submission.student.id for submission in one.submissions]
            for one in gradebook.assignments
        }


@pytest.mark.parametrize("name", ["another.ipynb", "zoo.ipynb", "tiny.ipynb"])
def test_the_rubric_is_refused_if_a_source_notebook_has_such_a_cell(tmp_path, capsys, name):
    course = tiny.write_course(tmp_path)
    cells = tiny.source_cells() if name == "tiny.ipynb" else []
    put(course / "source/tiny", name, *cells[1:], EXTRA)
    with pytest.raises(RubricError, match=f"{name}: {REFUSED}"):
        load(course / "rubric.toml")
    assert main(["release", "--check", "--rubric", str(course / "rubric.toml")]) == 2
    assert REFUSED in capsys.readouterr().err
    with pytest.raises(AssertionError, match=REFUSED):
        nbgrader(course, "generate_assignment", "tiny")
    assert stored(course) == {}


@pytest.mark.exhaustive
def test_cells_that_a_person_grades_are_allowed(tmp_path):
    course = tiny.write_course(tmp_path)
    put(course / "source/tiny", "another.ipynb", WRITTEN, MANUAL)
    put(course / "source/second", "second.ipynb", WRITTEN, MANUAL)
    put(course / "submitted/ada/second", "second.ipynb", WRITTEN | {"source": "Mine."}, MANUAL)
    assert load(course / "rubric.toml").name == "tiny"
    nbgrader(course, "generate_assignment", "second")
    nbgrader(course, "autograde", "second")
    nbgrader(course, "generate_feedback", "second")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        submission = gradebook.find_submission("second", "ada")
        assert (submission.score, submission.needs_manual_grade) == (0, True)


def test_a_second_assignment_with_such_a_cell_is_neither_released_nor_graded(tmp_path):
    course = tiny.write_course(tmp_path)
    put(course / "source/second", "second.ipynb", EXTRA)
    with pytest.raises(AssertionError, match=f"source/second/second.ipynb: {REFUSED}"):
        nbgrader(course, "generate_assignment", "second")
    assert stored(course) == {}
    # released before, or by another installation
    shutil.copytree(course / "source/second", course / "release/second")
    (course / "source/second/second.ipynb").unlink()
    put(course / "submitted/ada/second", "second.ipynb", EXTRA)
    with pytest.raises(AssertionError, match=f"release/second/second.ipynb: {REFUSED}"):
        nbgrader(course, "autograde", "second")
    assert stored(course) == {}


@pytest.mark.parametrize("name", one_in(2, ["another.ipynb", "zoo.ipynb"]))
def test_a_released_notebook_with_such_a_cell_stops_before_the_gradebook(tmp_path, name):
    course = tiny.write_course(tmp_path)
    nbgrader(course, "generate_assignment", "tiny")
    put(course / "release/tiny", name, EXTRA)
    for student in ("ada", "bob"):
        put(course / f"submitted/{student}/tiny", name, EXTRA)
        (course / f"submitted/{student}/tiny/tiny.ipynb").write_bytes(tiny.answered())
    with pytest.raises(AssertionError, match=f"release/tiny/{name}: {REFUSED}"):
        nbgrader(course, "autograde", "tiny")
    assert stored(course) == {"tiny": []}


def test_a_student_cannot_add_such_a_cell(tmp_path):
    course = tiny.write_course(tmp_path)
    nbgrader(course, "generate_assignment", "tiny")
    tree = json.loads(tiny.answered(double=tiny.FORGETS))
    tree["cells"].append(EXTRA)
    path = course / "submitted/ada/tiny/tiny.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(tree))
    put(path.parent, "extra.ipynb", EXTRA)
    nbgrader(course, "autograde", "tiny")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        assert gradebook.find_submission("tiny", "ada").score == 6
