"""Grades go into the column that was meant, out of as many points as the other system has."""

from __future__ import annotations

import csv
import io

import pytest

from autograder.cli.main import main
from autograder.integrations.lms.canvas import canvas_grades
from autograder.integrations.lms.comments import comment
from autograder.integrations.lms.grade import automatic
from autograder.integrations.lms.moodle import moodle_grades
from autograder.results import files as results_files
from autograder.support.errors import UsageError
from tests.integrations.made_gradebook import result
from tests.integrations.test_lms_export import GRADEBOOK, WORKSHEET

TWICE = GRADEBOOK.replace("Old (5)", "Tiny (78)")


def write(folder, text: str):
    (folder / "given.csv").write_text(text, encoding="utf-8")
    return folder / "given.csv"


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [("Tyni", "Tiny (77)"), ("tiny", "Tiny (77)"), ("Tiny (78)", "Tiny (77)"), ("old", "Old (5)")],
)
def test_a_column_that_canvas_does_not_have_is_refused_with_the_nearest(tmp_path, wrong, nearest):
    with pytest.raises(UsageError) as refused:
        canvas_grades([automatic(result("jdoe"))], write(tmp_path, GRADEBOOK), wrong)
    assert f"has no column {wrong!r}, the nearest is {nearest!r}" in str(refused.value)


@pytest.mark.parametrize("name", ["Final Score", "Student", "SIS Login ID"])
def test_a_column_that_is_no_assignment_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="has no column"):
        canvas_grades([automatic(result("jdoe"))], write(tmp_path, GRADEBOOK), name)


def test_of_two_columns_of_the_same_name_the_number_decides(tmp_path):
    path, grades = write(tmp_path, TWICE.replace("10,5,", "10,10,")), [automatic(result("jdoe"))]
    with pytest.raises(UsageError, match=r"'Tiny \(77\)' and 'Tiny \(78\)' have this name"):
        canvas_grades(grades, path, "Tiny")
    assert canvas_grades(grades, path, "Tiny (78)").rows[0][-1] == "Tiny (78)"


def test_without_a_name_canvas_creates_an_assignment(tmp_path):
    file = canvas_grades([automatic(result("jdoe"))], write(tmp_path, GRADEBOOK))
    assert file.rows[0][-1] == "tiny"


def test_another_maximum_is_refused_with_both_ways_out(tmp_path):
    grades = [automatic(result("jdoe"))]
    words = r"is out of 5, these grades are out of 10: add --out-of 5 to .* Canvas to 10"
    with pytest.raises(UsageError, match=words):
        canvas_grades(grades, write(tmp_path, GRADEBOOK), "Old")
    grades = [automatic(result("Jane Doe_9001"))]
    path = write(tmp_path, WORKSHEET.replace(",10,Yes", ",100,Yes"))
    words = r"given.csv: Participant 9001 is out of 100, these .* 10: add --out-of 100 .* Moodle"
    with pytest.raises(UsageError, match=words):
        moodle_grades(grades, path)


@pytest.mark.parametrize("maximum", ["", "Good, Bad"])
def test_without_a_number_there_is_nothing_to_compare(tmp_path, maximum):
    path = write(tmp_path, WORKSHEET.replace(",10,Yes", f',"{maximum}",Yes'))
    assert moodle_grades([automatic(result("Jane Doe_9001"))], path).complete
    path = write(tmp_path, GRADEBOOK.replace(",10,5,", f',"{maximum}",5,'))
    assert canvas_grades([automatic(result("jdoe"))], path, "Tiny").complete


def test_a_scaled_grade_is_in_hundredths_and_the_comment_has_both(tmp_path):
    grade = automatic(result("ada", double=1.0)).out_of(15)
    assert (grade.score, grade.max_score) == (7.5, 15)
    assert automatic(result("ada", double=2 / 3)).out_of(100).score == 46.67
    assert comment(grade, hints=True).startswith("7.5 / 15 points<br>from 5 / 10<br>double: 1 / 6")
    unread = automatic(result("ada", "unreadable")).out_of(15)
    assert (unread.score, unread.max_score) == (None, 15)


@pytest.mark.parametrize("system", ["canvas", "moodle"])
def test_the_command_scales_only_when_it_is_told_to(tmp_path, capsys, system):
    text = GRADEBOOK.replace(",10,5,", ",20,5,") if system == "canvas" else WORKSHEET
    path = write(tmp_path, text.replace(",10,Yes", ",20,Yes"))
    student = "doejane_101" if system == "canvas" else "Jane Doe_9001"
    results_files.write(result(student, double=3.0), tmp_path / "results")
    command = ["export", system, str(tmp_path / "results")]
    command += ["--gradebook" if system == "canvas" else "--worksheet", str(path)]
    command += ["--column", "Tiny"] if system == "canvas" else []
    assert main(command) == 2
    assert "add --out-of 20" in capsys.readouterr().err
    assert not (tmp_path / "results" / f"{system}.csv").exists()
    assert main([*command, "--out-of", "20"]) == 0
    assert f"{system}.csv: 1 grades, out of 20" in capsys.readouterr().out
    text = (tmp_path / "results" / f"{system}.csv").read_text()
    rows = list(csv.reader(io.StringIO(text, "")))
    assert "14" in [cell for row in rows for cell in row if row[0] in ("Doe, Jane", rows[1][0])]
    with pytest.raises(SystemExit):
        main([*command, "--out-of", "0"])
