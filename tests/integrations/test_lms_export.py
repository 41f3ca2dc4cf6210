"""What Canvas, Moodle and nbgrader's users get: their own formats, and no grade to a namesake."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from autograder.cli.main import main
from autograder.integrations.lms import export
from autograder.results import model
from autograder.results.model import CheckResult, QuestionResult, Result
from autograder.support.errors import UsageError

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


def result(student: str, score: float = 6.0, status: str = "graded", message: str = "") -> Result:
    told = "double(-3.5): expected -7.0, got <b>7.0</b>"
    check = CheckResult("c", "A claim.", "failed", score, 10.0, told, "Mind the <sign>.")
    question = QuestionResult("double", score, 10.0, (check,))
    return Result(student, "tiny", status, score, 10.0, (question,), message=message)


def rows(made: export.Export, path: Path) -> list[dict[str, str]]:
    made.write(path)
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
def test_canvas_gets_its_own_students_back_with_the_grade_in_the_column_it_knows(
    gradebook, tmp_path, name
):
    made = export.canvas([result(name)], gradebook, "Tiny")
    points, jane = rows(made, tmp_path / "out.csv")
    assert list(points) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Tiny (77)"]
    assert (points["Student"].strip(), points["Tiny (77)"]) == ("Points Possible", "10")
    assert (jane["Student"], jane["ID"], jane["Tiny (77)"]) == ("Doe, Jane", "101", "6")
    assert made.whole


def test_a_name_in_canvas_that_is_a_formula_is_text_in_the_file(gradebook, tmp_path):
    made = export.canvas([result("mal")], gradebook)
    made.write(tmp_path / "out.csv")
    assert "'=cmd|" in (tmp_path / "out.csv").read_text()
    assert ",=cmd" not in (tmp_path / "out.csv").read_text().replace("\n", ",")


def test_without_its_gradebook_canvas_gets_students_by_their_login(tmp_path):
    points, ada = rows(export.canvas([result("ada")]), tmp_path / "out.csv")
    assert (points["Student"], points["tiny"]) == ("Points Possible", "10")
    assert (ada["SIS Login ID"], ada["tiny"]) == ("ada", "6")


@pytest.mark.parametrize(
    "name", ["Jane Doe_9001_assignsubmission_file_", "9001", "jane@example.org", "Jane Doe"]
)
def test_moodle_gets_its_worksheet_back_with_grades_and_reasons_that_are_not_live(
    worksheet, tmp_path, name
):
    made = export.moodle([result(name)], worksheet)
    jane, jan, ann = rows(made, tmp_path / "out.csv")
    assert (jane["Identifier"], jane["Grade"]) == ("Participant 9001", "6")
    assert jane["Last modified (grade)"] == "-"  # Moodle compares it, and refuses what is older
    assert "got &lt;b&gt;7.0&lt;/b&gt;" in jane["Feedback comments"]
    assert "Mind the &lt;sign&gt;." in jane["Feedback comments"]
    assert (jan["Grade"], jan["Feedback comments"]) == ("4", "Old.")  # as it was
    assert made.troubles == {"without a submission": ["Participant 9002", "Participant 9003"]}
    assert ann["Grade"] == ""


def test_two_of_one_name_get_no_grade_but_a_person_hears_of_them(worksheet, tmp_path):
    text = WORKSHEET.replace("Ann Poe", "Jane Doe")
    worksheet.write_text(text, encoding="utf-8")
    made = export.moodle([result("Jane Doe"), result("Jan Roe")], worksheet)
    assert [row["Grade"] for row in rows(made, tmp_path / "out.csv")] == ["", "6", ""]
    assert made.troubles["not in the file that was given"] == ["Jane Doe"]
    assert not made.whole


@pytest.mark.parametrize("status", ["unreadable", "grader_error"])
def test_what_has_no_grade_is_left_empty_and_named(gradebook, worksheet, tmp_path, status):
    found = [result("jane@example.org", 0.0, status, "Cut off."), result("jan@example.org")]
    made = export.moodle(found, worksheet)
    assert rows(made, tmp_path / "out.csv")[0]["Grade"] == ""
    assert made.troubles["left empty, for they have no grade yet"] == ["jane@example.org"]
    assert made.graded == 1


def test_nbgraders_columns_are_there(tmp_path):
    (row,) = rows(export.nbgrader([result("ada")]), tmp_path / "out.csv")
    named = {name: row[name] for name in ("assignment", "student_id", "score", "max_score")}
    assert named == {"assignment": "tiny", "student_id": "ada", "score": "6", "max_score": "10"}


@pytest.mark.parametrize(("kind", "words"), [("canvas", "no column Student"), ("moodle", "Grade")])
def test_a_file_of_something_else_is_refused_by_name(tmp_path, kind, words):
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match=words):
        getattr(export, kind)([result("ada")], tmp_path / "other.csv")
    with pytest.raises(UsageError, match="No such file"):
        getattr(export, kind)([result("ada")], tmp_path / "none.csv")


def test_the_command_writes_beside_the_results_and_exits_1_where_somebody_is_left_out(
    gradebook, tmp_path, capsys
):
    folder = tmp_path / "results"
    for name in ("jdoe", "nobody"):
        model.write(result(name), folder)
    assert main(["export", "nbgrader", str(folder)]) == 0
    assert (folder / "nbgrader.csv").is_file()
    assert main(["export", "canvas", str(folder), "--gradebook", str(gradebook)]) == 1
    said = capsys.readouterr()
    assert "canvas.csv: 1 grades" in said.out
    assert "not in the file that was given: 'nobody'" in said.err
