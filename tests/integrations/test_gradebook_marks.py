"""Grades with what nbgrader's gradebook has: written marks, changed points, late penalties."""

from __future__ import annotations

import csv
import io
import sqlite3

import pytest

from autograder.cli.main import main
from autograder.integrations.lms.comments import comment
from autograder.integrations.lms.grade import (
    DIFFERS,
    NO_ENTRY,
    NO_RESULT,
    OLD_PENALTY,
    WAITS,
    problems_of,
)
from autograder.integrations.lms.grades_file import nbgrader_grades
from autograder.integrations.nbgrader.gradebook import read_marks
from autograder.results import files as results_files
from autograder.support.errors import UsageError
from tests.integrations.made_gradebook import enter, gradebook, result

DAY = 24 * 60 * 60


def marks_of(folder, results, late=None):
    marks = read_marks(folder / "gradebook.db", results, late)
    return marks, [marks.grade(one) for one in results]


def test_written_marks_count_and_the_late_penalty_is_taken_off(tmp_path):
    with gradebook(tmp_path) as opened:
        enter(opened, "ada")
        enter(opened, "bob", late=DAY, penalty=1.25, double=2.0)
    found = [result("ada"), result("bob", double=2.0)]
    marks, (ada, bob) = marks_of(tmp_path, found)
    assert (ada.score, ada.max_score) == (13.5, 15.0)
    assert (bob.score, bob.max_score) == (2.0 + 4.0 + 3.5 - 1.25, 15.0)
    assert problems_of([ada, bob], marks) == {}


def test_points_that_a_person_changed_count_in_place_of_the_autograders(tmp_path):
    with gradebook(tmp_path) as opened:
        enter(opened, "ada", double=2.0)
        grade = opened.find_grade("check-double", "tiny", "tiny", "ada")
        grade.manual_score, grade.extra_credit = 5.0, 0.5
    _, (ada,) = marks_of(tmp_path, [result("ada", double=2.0)])
    assert ada.score == 5.5 + 4.0 + 3.5
    text = comment(ada, hints=True)
    assert "code, with points that a person changed: 9.5 / 10" in text
    assert "double: 5.5 / 6" in text


def test_the_penalty_is_never_more_than_the_points(tmp_path):
    with gradebook(tmp_path) as opened:
        enter(opened, "ada", why=0.0, penalty=99.0)
    _, (ada,) = marks_of(tmp_path, [result("ada")])
    assert ada.score == 0.0


@pytest.mark.parametrize(
    ("student", "entered", "found", "doubt"),
    [
        ("ada", {"why": None}, {}, WAITS),
        ("ada", {"double": None}, {"status": "unreadable"}, WAITS),
        ("ada", {"double": 2.0}, {}, DIFFERS),
        ("ada", {}, {"status": "unreadable"}, DIFFERS),
        ("bob", {}, {}, NO_ENTRY),
    ],
)
def test_without_a_decision_there_is_no_number_and_the_student_is_named(
    tmp_path, student, entered, found, doubt
):
    with gradebook(tmp_path) as opened:
        enter(opened, student, **entered)
    marks, (ada,) = marks_of(tmp_path, [result("ada", **found)])
    assert (ada.score, ada.cell, ada.max_score) == (None, "", 15.0)
    assert problems_of([ada], marks)[doubt] == ["ada"]
    assert comment(ada, hints=True).startswith("– / 15 points<br>")
    assert "written" not in comment(ada, hints=True)


def test_a_person_decides_about_a_file_that_could_not_be_read(tmp_path):
    with gradebook(tmp_path) as opened:
        enter(opened, "ada", double=None, fourfold=None)
        for name in ("check-double", "check-fourfold"):
            grade = opened.find_grade(name, "tiny", "tiny", "ada")
            grade.manual_score, grade.needs_manual_grade = 1.0, False
    _, (ada,) = marks_of(tmp_path, [result("ada", "unreadable")])
    assert ada.score == 5.5


def test_a_penalty_from_before_the_written_marks_is_said_and_exported_as_it_is(tmp_path):
    policy = {"percent_per_day": 10.0}
    with gradebook(tmp_path) as opened:
        enter(opened, "ada", late=DAY, penalty=1.35)
        enter(opened, "bob", late=DAY, penalty=1.0)  # of the 10 points before the written mark
        enter(opened, "cyd", late=0.0)
    found = [result(name) for name in ("ada", "bob", "cyd")]
    marks, grades = marks_of(tmp_path, found, policy)
    assert problems_of(grades, marks) == {OLD_PENALTY: ["bob"]}
    assert grades[1].score == 12.5
    assert problems_of(marks_of(tmp_path, found)[1], marks) == {}


def test_a_submission_in_the_gradebook_without_a_result_is_named(tmp_path):
    with gradebook(tmp_path) as opened:
        enter(opened, "ada")
        enter(opened, "eve")
    marks, grades = marks_of(tmp_path, [result("ada")])
    assert problems_of(grades, marks) == {NO_RESULT: ["eve"]}


def test_the_comment_has_the_sum_then_what_failed_then_the_marks(tmp_path):
    with gradebook(tmp_path) as opened:
        enter(opened, "ada", penalty=1.0, remark="Why <not>?", fourfold=1.0)
    _, (ada,) = marks_of(tmp_path, [result("ada", fourfold=1.0)])
    lines = comment(ada, hints=False).split("<br>")
    assert lines[:4] == [
        "9.5 / 15 points", "code: 7 / 10", "written answers: 3.5 / 5", "late: less 1",
    ]  # fmt: skip
    assert lines[4] == "fourfold: 1 / 4"  # it lost points; the other did not
    assert lines.index("double: 6 / 6") > lines.index("    expected &lt;7&gt;, got 8")
    assert lines[-2:] == ["why: 3.5 / 5", "why: Why &lt;not&gt;?"]
    assert not any("Mind the sign" in line for line in lines)


def test_nbgraders_columns_are_filled_in(tmp_path):
    with gradebook(tmp_path) as opened:
        enter(opened, "ada", late=60, penalty=1.0)
        enter(opened, "bob", why=None, penalty=1.0)
    _, grades = marks_of(tmp_path, [result("ada"), result("bob")])
    nbgrader_grades(grades).write(tmp_path / "out.csv")
    ada, bob = csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(), newline=""))
    assert ada == {
        "assignment": "tiny", "duedate": "2026-06-01 12:00:00", "timestamp": "2026-06-01 12:01:00",
        "student_id": "ada", "last_name": "Byron", "first_name": "Ada", "email": "ada@example.org",
        "raw_score": "13.5", "late_submission_penalty": "1", "score": "12.5", "max_score": "15",
    }  # fmt: skip
    assert [bob[name] for name in ("raw_score", "late_submission_penalty", "score")] == [""] * 3


def test_reading_does_not_change_the_gradebook(tmp_path):
    with gradebook(tmp_path) as opened:
        enter(opened, "ada")
    before = (tmp_path / "gradebook.db").read_bytes()
    read_marks(tmp_path / "gradebook.db", [result("ada")])
    assert (tmp_path / "gradebook.db").read_bytes() == before


def test_what_is_no_gradebook_of_the_assignment_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "gradebook.db"
    with pytest.raises(UsageError, match="no such file"):
        read_marks(path, [result("ada")])
    assert not path.exists()  # nbgrader would make one
    path.write_text("a,b\n")
    with pytest.raises(UsageError, match="not a gradebook of this nbgrader, file is not"):
        read_marks(path, [result("ada")])
    path.unlink()
    sqlite3.connect(path).execute("CREATE TABLE assignment (id TEXT)").connection.close()
    with pytest.raises(UsageError, match="`nbgrader db upgrade` helps"):
        read_marks(path, [result("ada")])
    path.unlink()
    with gradebook(tmp_path) as opened:
        opened.remove_assignment("tiny")
    with pytest.raises(UsageError, match="run `nbgrader autograde tiny` first"):
        read_marks(path, [result("ada")])


@pytest.mark.parametrize("system", ["canvas", "moodle", "nbgrader"])
def test_every_format_takes_the_gradebook_and_says_what_it_is_out_of(tmp_path, capsys, system):
    with gradebook(tmp_path) as opened:
        enter(opened, "ada")
        enter(opened, "bob", why=None)
    for name in ("ada", "bob"):
        results_files.write(result(name), tmp_path / "results")
    given = ["--gradebook-db", str(tmp_path / "gradebook.db")]
    assert main(["export", system, str(tmp_path / "results"), *given]) == 0
    said = capsys.readouterr()
    assert f"{system}.csv: 1 grades, out of 15" in said.out
    assert f"autograder: {WAITS}: 'bob'" in said.err
    text = (tmp_path / "results" / f"{system}.csv").read_text()
    assert ",13.5" in text
