"""Grades for Canvas, Moodle and nbgrader: their own formats, and no grade for a namesake."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from autograder.cli.main import main
from autograder.integrations.lms.canvas import canvas_grades
from autograder.integrations.lms.grade import NOT_GRADED, Grade, automatic, problems_of
from autograder.integrations.lms.grades_file import GradesFile, nbgrader_grades
from autograder.integrations.lms.moodle import moodle_grades
from autograder.results import files as results_files
from autograder.results.model import Result
from autograder.support.errors import UsageError
from tests import made

GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Tiny (77),Old (5),Final Score
    Points Possible,,,,,10,5,(read only)
"Doe, Jane",101,S1,jdoe,A,,3,
"Roe, Jan",102,S2,jroe,A,,4,
"=cmd|' /C calc'!A0",103,S3,mal,A,,,
"Student, Test",104,,9a7f,A,,,
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 9001,Jane Doe,jane@example.org,Submitted,,10,Yes,"Monday, 1 June 2026, 9:00 AM",-,
Participant 9002,Jan Roe,jan@example.org,Submitted,4,10,Yes,-,"Monday, 1 June 2026, 9:00 AM",Old.
Participant 9003,Ann Poe,ann@example.org,No submission,,10,Yes,-,-,
"""


def result(
    student: str, score: float | None = 6.0, status: str = "graded", reason: str = ""
) -> Result:
    message = "double(-3.5): expected -7.0, got <b>7.0</b>"
    check = made.check("c", "A claim.", "failed", message, hint="Mind the <sign>.")
    question = made.question("double", score, 10.0, [check])
    return Result(student, "tiny", status, score, 10.0, (question,), message=reason)


def graded(*arguments: Any, **more: Any) -> Grade:
    return automatic(result(*arguments, **more))


def rows(grades: GradesFile, path: Path) -> list[dict[str, str]]:
    grades.write(path)
    return list(csv.DictReader(io.StringIO(path.read_text(), newline="")))


@pytest.fixture
def gradebook(tmp_path):
    (tmp_path / "gradebook.csv").write_text("\ufeff" + GRADEBOOK, encoding="utf-8")
    return tmp_path / "gradebook.csv"


@pytest.fixture
def worksheet(tmp_path):
    (tmp_path / "worksheet.csv").write_text("\ufeff" + WORKSHEET, encoding="utf-8")
    return tmp_path / "worksheet.csv"


@pytest.mark.parametrize("name", ["jdoe", "S1", "101", "doejane_101_4567", "doejane_LATE_101_4567"])
def test_canvas_gets_its_own_rows_with_the_grade_in_its_column(gradebook, tmp_path, name):
    grades = canvas_grades([graded(name)], gradebook, "Tiny")
    points, jane = rows(grades, tmp_path / "out.csv")
    assert list(points) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Tiny (77)"]
    assert (points["Student"].strip(), points["Tiny (77)"]) == ("Points Possible", "10")
    assert (jane["Student"], jane["ID"], jane["Tiny (77)"]) == ("Doe, Jane", "101", "6")
    assert grades.complete


def test_a_formula_as_a_name_in_canvas_is_escaped(gradebook, tmp_path):
    grades = canvas_grades([graded("mal")], gradebook)
    grades.write(tmp_path / "out.csv")
    assert "'=cmd|" in (tmp_path / "out.csv").read_text()
    assert ",=cmd" not in (tmp_path / "out.csv").read_text().replace("\n", ",")


def test_without_a_gradebook_canvas_gets_students_by_login(tmp_path):
    points, ada = rows(canvas_grades([graded("ada")]), tmp_path / "out.csv")
    assert (points["Student"], points["tiny"]) == ("Points Possible", "10")
    assert (ada["SIS Login ID"], ada["tiny"]) == ("ada", "6")


@pytest.mark.parametrize(
    "name", ["Jane Doe_9001_assignsubmission_file_", "9001", "jane@example.org", "Jane Doe"]
)
def test_moodle_gets_its_worksheet_with_grades_and_escaped_reasons(worksheet, tmp_path, name):
    grades = moodle_grades([graded(name)], worksheet)
    jane, jan, ann = rows(grades, tmp_path / "out.csv")
    assert (jane["Identifier"], jane["Grade"]) == ("Participant 9001", "6")
    assert jane["Last modified (grade)"] == "-"  # Moodle compares it and rejects older files
    assert "got &lt;b&gt;7.0&lt;/b&gt;" in jane["Feedback comments"]
    assert "Mind the &lt;sign&gt;." in jane["Feedback comments"]
    assert (jan["Grade"], jan["Feedback comments"]) == ("4", "Old.")  # unchanged
    assert grades.problems == {"no submission": ["Participant 9002", "Participant 9003"]}
    assert ann["Grade"] == ""


def test_the_comment_on_a_file_that_could_not_be_read_says_what_to_do_and_stops(tmp_path):
    cut = graded("ada", score=None, status="unreadable", reason="It is cut off.")
    (ada,) = rows(moodle_grades([cut]), tmp_path / "out.csv")
    first, reason, next_step = ada["tiny feedback"].split("<br>")
    assert (first, reason) == ("– / 10 points", "It is cut off.")
    assert next_step.startswith("Hand in again: open the notebook")


def test_students_who_share_a_name_are_left_unmatched_and_reported(worksheet, tmp_path):
    text = WORKSHEET.replace("Ann Poe", "Jane Doe")
    worksheet.write_text(text, encoding="utf-8")
    grades = moodle_grades([graded("Jane Doe"), graded("Jan Roe")], worksheet)
    assert [row["Grade"] for row in rows(grades, tmp_path / "out.csv")] == ["", "6", ""]
    assert grades.problems["not in the given file"] == ["Jane Doe"]
    assert not grades.complete


@pytest.mark.parametrize("status", ["unreadable", "grader_error"])
def test_a_student_without_a_grade_is_left_empty_and_reported(
    gradebook, worksheet, tmp_path, status
):
    found = [graded("jane@example.org", 0.0, status, "Cut off."), graded("jan@example.org")]
    grades = moodle_grades(found, worksheet)
    assert rows(grades, tmp_path / "out.csv")[0]["Grade"] == ""
    assert problems_of(found, None) == {NOT_GRADED: ["jane@example.org"]}
    assert grades.graded == 1


@pytest.mark.parametrize("status", ["unreadable", "grader_error"])
def test_without_a_grade_no_format_has_a_number(gradebook, tmp_path, status):
    found = [graded("jdoe", None, status, "Cut off.")]
    with_file, alone = canvas_grades(found, gradebook, "Tiny"), canvas_grades(found)
    for grades, column in ((with_file, "Tiny (77)"), (alone, "tiny")):
        (row,) = (
            one
            for one in rows(grades, tmp_path / "out.csv")
            if one["ID"] != "" or one["SIS Login ID"]
        )
        assert row[column] == ""
        assert grades.graded == 0
    (row,) = rows(nbgrader_grades(found), tmp_path / "out.csv")
    assert (row["raw_score"], row["score"]) == ("", "")


def test_the_file_has_nbgraders_columns(tmp_path):
    (row,) = rows(nbgrader_grades([graded("ada")]), tmp_path / "out.csv")
    named = {name: row[name] for name in ("assignment", "student_id", "score", "max_score")}
    assert named == {"assignment": "tiny", "student_id": "ada", "score": "6", "max_score": "10"}


@pytest.mark.parametrize(
    ("make", "words"), [(canvas_grades, "no column Student"), (moodle_grades, "Grade")]
)
def test_a_file_of_another_kind_is_rejected_by_name(tmp_path, make, words):
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match=words):
        make([graded("ada")], tmp_path / "other.csv")
    with pytest.raises(UsageError, match="No such file"):
        make([graded("ada")], tmp_path / "none.csv")


def test_the_command_writes_beside_the_results_and_exits_1_if_a_student_is_missing(
    gradebook, tmp_path, capsys
):
    folder = tmp_path / "results"
    for name in ("jdoe", "nobody"):
        results_files.write(result(name), folder)
    assert main(["export", "nbgrader", str(folder)]) == 0
    assert (folder / "nbgrader.csv").is_file()
    assert main(["export", "canvas", str(folder), "--gradebook", str(gradebook)]) == 1
    said = capsys.readouterr()
    assert "canvas.csv: 1 grades" in said.out
    assert "not in the given file: 'nobody'" in said.err
