"""nbgrader end to end on the tiny course: its commands, our scores and reasons."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.grading.grade import grade
from autograder.integrations.nbgrader.repair import repair_cells, sound_notebook
from autograder.notebooks.reader import Unreadable
from tests.courses import tiny

HERE = Path(__file__).resolve().parents[2]
EVIL = "def double(x):\n    raise ValueError('<script>alert(1)</script>')\n"


def damaged() -> bytes:
    """A duplicate answer, an answer as Markdown, a deleted grade cell, damaged metadata."""
    cells = tiny.source_cells()
    cells[2]["source"] = tiny.DOUBLE
    cells[4] |= {"cell_type": "markdown", "source": tiny.FOURFOLD}
    cells[1]["metadata"] = {"nbgrader": {"grade_id": 7}}
    cells.append({**cells[2], "id": "again"})
    del cells[5]
    return tiny.notebook(cells)


SUBMISSIONS = {
    "ada": tiny.answered(),
    "bob": tiny.answered(double=tiny.FORGETS),
    "cut": tiny.answered()[:900],
    "dan": damaged(),
    "eve": tiny.answered(double="import os\nos._exit(0)\n"),
    "ivy": tiny.answered(double=EVIL),
}


def environment() -> dict[str, str]:
    """Return an environment without an activated virtual environment."""
    path = os.environ["PATH"].replace(str(Path(sys.executable).parent), "/nowhere")
    return os.environ | {"PATH": path, "PYTHONPATH": f"{HERE}:{HERE / 'source/vae'}"}


def nbgrader(course: Path, *arguments: str) -> str:
    """Run an nbgrader command."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command, cwd=course, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The tiny course after nbgrader's commands."""
    course = tiny.write_course(tmp_path_factory.mktemp("nbgrader"))
    for student, data in SUBMISSIONS.items():
        path = course / "submitted" / student / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    said = [
        nbgrader(course, command, "tiny")
        for command in ("generate_assignment", "autograde", "generate_feedback")
    ]
    (course / "autograde.txt").write_text(said[1])
    nbgrader(course, "export")
    return course


def test_what_autograde_prints_is_the_students_their_points_and_what_was_odd(graded):
    lines = (graded / "autograde.txt").read_text().splitlines()
    routine = ("Writing", "Converting", "Sanitizing", "Overwriting", "SAWarning", "permissions")
    assert [line for line in lines if any(word in line for word in routine)] == []
    assert "[AutogradeApp | INFO] ada: 10.0 of 10.0 points" in lines
    assert "[AutogradeApp | INFO] bob: 6.0 of 10.0 points" in lines
    assert any("WARNING" in line for line in lines), "damaged cells are worth a word"


def test_the_gradebook_has_the_scores_of_autograder_grade(graded, assignment, sandbox):
    with (graded / "grades.csv").open() as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    ours = {
        student: grade(data, student, assignment, sandbox).score
        for student, data in SUBMISSIONS.items()
    }
    assert ours == {"ada": 10, "bob": 6, "cut": None, "dan": 10, "eve": 4, "ivy": 4}
    assert scores == ours | {"cut": 0}  # nbgrader exports the sum of the grades that there are


def test_each_grade_cell_outputs_one_number_and_nothing_on_stderr(graded):
    for path in graded.glob("autograded/*/tiny/tiny.ipynb"):
        cells = json.loads(path.read_text())["cells"]
        grade_cells = [one for one in cells if one["metadata"].get("nbgrader", {}).get("grade")]
        assert len(grade_cells) == 2, path
        for one in grade_cells:
            kinds = [output["output_type"] for output in one["outputs"]]
            assert kinds == ["execute_result", "display_data"]
            float("".join(one["outputs"][0]["data"]["text/plain"]))


def test_the_feedback_page_has_the_reasons_escaped(graded):
    page = (graded / "feedback/bob/tiny/tiny.html").read_text()
    for words in ("double(-3.5): expected -7.0, got 7.0", "What is twice -3?", "2 / 6 points"):
        assert words in page
    page = (graded / "feedback/ivy/tiny/tiny.html").read_text()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_an_unreadable_file_gets_a_reason_and_needs_a_manual_grade(graded):
    assert "cut off" in (graded / "feedback/cut/tiny/tiny.html").read_text()
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded}/gradebook.db") as gradebook:
        waiting = {
            student: gradebook.find_submission("tiny", student).needs_manual_grade
            for student in SUBMISSIONS
        }
    assert waiting == dict.fromkeys(SUBMISSIONS, False) | {"cut": True}


def test_files_that_the_notebooks_import_are_not_copied_for_every_student(graded):
    left = {path.name for path in graded.glob("autograded/*/tiny/*")}
    assert left == {"tiny.ipynb"}


def test_without_our_grading_nobody_gets_points(graded):
    """nbgrader gives full points to cells without outputs."""
    with pytest.raises(AssertionError, match="the sandbox gave no score for the cell"):
        nbgrader(graded, "autograde", "tiny", "--student", "ivy", "--no-execute", "--force")
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded}/gradebook.db") as gradebook:
        assert gradebook.find_submission("tiny", "ivy").score == 4


def test_a_broken_rubric_stops_nbgrader_before_it_runs_any_code(tmp_path):
    course = tiny.write_course(tmp_path)
    (course / "rubric.toml").write_text("assignment = 7\n")
    with pytest.raises(AssertionError, match=r"nbgrader_config\.py: .*'assignment' must be a text"):
        nbgrader(course, "autograde", "tiny")


def node(cells: list[dict[str, object]]) -> nbformat.NotebookNode:
    return nbformat.reads(tiny.notebook(cells).decode(), as_version=4)


def grade_ids(notebook: nbformat.NotebookNode) -> list[str | None]:
    return [one.metadata.get("nbgrader", {}).get("grade_id") for one in notebook.cells]


WHOLE = [None, "setup", "double", "check-double", "fourfold", "check-fourfold", None]


@pytest.mark.parametrize("missing", [1, 2, 3, 4, 5])
def test_a_missing_cell_is_restored_in_its_place(missing):
    cells = tiny.source_cells()
    del cells[missing]
    notebook = node(cells)
    (repair,) = repair_cells(notebook, node(tiny.source_cells()))
    assert re.search("was missing", repair)
    assert [one for one in grade_ids(notebook) if one] == [one for one in WHOLE if one]


def test_of_two_cells_with_the_same_grade_id_the_answer_is_kept():
    cells = tiny.source_cells()
    cells.insert(1, {**cells[2], "id": "copy", "source": tiny.DOUBLE})
    notebook = node(cells)
    repair_cells(notebook, node(tiny.source_cells()))
    kept = [one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade_id")]
    assert [one.source for one in kept if one.metadata.nbgrader.grade_id == "double"] == [
        tiny.DOUBLE
    ]


def test_a_valid_notebook_is_not_changed():
    notebook, whole = node(tiny.source_cells()), node(tiny.source_cells())
    assert repair_cells(notebook, whole) == []
    assert notebook == whole


def test_a_notebook_that_nbformat_rejects_is_rebuilt_from_its_cells():
    cells = [*tiny.source_cells(), {"cell_type": "strange", "source": ["x"]}, 7]
    cells[2] = {"cell_type": "code", "source": tiny.DOUBLE, "metadata": {"nbgrader": 3}}
    notebook = sound_notebook(tiny.notebook(cells))
    assert not isinstance(notebook, Unreadable)
    nbformat.validate(notebook)
    assert notebook.cells[2].source == tiny.DOUBLE
