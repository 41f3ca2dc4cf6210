"""Grades and comments reach Canvas once, and only those that it does not have."""

from __future__ import annotations

import sys

import pytest

from autograder.cli.main import main
from tests.integrations import made_gradebook
from tests.integrations.test_lms_export import result


def test_without_send_the_changes_are_printed_and_nothing_is_sent(canvas, export):
    canvas.grade(101, 4)
    status, out, _ = export("jdoe", "jroe", options=())
    assert status == 0
    rows = [line.replace("│", " ").split() for line in out.splitlines() if "oe," in line]
    assert rows == [["Doe,", "Jane", "4", "6", "yes"], ["Roe,", "Jan", "–", "6", "yes"]]
    assert "Deep Learning › Tiny, out of 10" in out
    assert "Grades to change: 2. Comments to add: 2. Students with both already: 0." in out
    assert "add --send" in out
    assert canvas.puts == []


@pytest.mark.parametrize("name", ["jdoe", "S1", "101", "doejane_101_4567", "Jane Doe", "Doe, Jane"])
def test_a_student_gets_the_grade_and_the_reasons(canvas, export, name):
    status, out, err = export(name)
    assert (status, [number for number, _ in canvas.puts]) == (0, [101])
    form = canvas.puts[0][1]
    assert form["submission[posted_grade]"] == "6"
    assert form["comment[text_comment]"].startswith("6 / 10 points\ndouble: 6 / 10")
    assert "got <b>7.0</b>" in form["comment[text_comment]"]  # plain text: Canvas escapes it
    assert "Sent: 1 of 1 students." in out
    assert "in Canvas, without a result here, nothing is sent: 'Roe, Jan', 'Poe, Ann'" in err


def test_the_same_command_sends_nothing_again(canvas, export):
    export("jdoe", "jroe")
    status, out, _ = export("jdoe", "jroe")
    assert (status, len(canvas.puts)) == (0, 2)
    assert "Students with both already: 2." in out
    assert "Nothing to send." in out


def test_what_canvas_has_is_not_sent_and_the_rest_is(canvas, export):
    export("jdoe", "jroe")
    canvas.puts.clear()
    canvas.grade(101, 5, *canvas.comments(101), "Thank you!")
    canvas.grade(102, 6)
    export()
    (_, first), (_, second) = canvas.puts
    assert list(first) == ["submission[posted_grade]"]
    assert list(second) == ["comment[text_comment]"]


def test_a_comment_that_canvas_escaped_or_broke_into_lines_is_the_same(canvas, export):
    export("jdoe")
    text = canvas.comments(101)[0].replace("<", "&lt;").replace(">", "&gt;").replace("\n", "\r\n")
    canvas.grade(101, 6, text)
    assert "Nothing to send." in export()[1]


def test_a_regraded_student_gets_a_new_comment_even_back_to_an_older_grade(canvas, export):
    for score in (6.0, 7.0, 6.0):
        export(results=[result("jdoe", score)])
    assert [text.split(" /")[0] for text in canvas.comments(101)] == ["6", "7", "6"]
    assert "Nothing to send." in export()[1]


@pytest.mark.parametrize("status", ["unreadable", "grader_error"])
@pytest.mark.parametrize("score", [None, 0.0])
def test_a_student_without_a_grade_gets_nothing_least_of_all_a_zero(canvas, export, status, score):
    left_out = result("jroe", score, status, "Cut off.")
    status, out, err = export(results=[result("jdoe"), left_out])
    assert [number for number, _ in canvas.puts] == [101]
    assert "without a grade, nothing is sent: 'jroe'" in err
    assert "Left out: 2." in out
    assert status == 0


def test_students_who_are_not_there_or_not_the_only_one_are_named(canvas, export):
    canvas.users[1] |= {"name": "Jane Doe", "sortable_name": "Doe, Jane"}
    status, _, err = export("Jane Doe", "nobody")
    assert (status, canvas.puts) == (1, [])
    assert "nothing is sent: 'Jane Doe', 'nobody'" in err


def test_an_excused_student_and_one_without_the_assignment_are_left_alone(canvas, export):
    canvas.grade(101, None, excused=True)
    del canvas.submissions[102]
    _, _, err = export("jdoe", "jroe")
    assert canvas.puts == []
    assert "excused in Canvas, nothing is sent: 'jdoe'" in err
    assert "not assigned to this assignment in Canvas, nothing is sent: 'jroe'" in err


def test_a_late_penalty_of_canvas_is_named_and_not_fought(canvas, export):
    canvas.late_penalty = 1.0
    export("jdoe")
    _, out, err = export()
    assert "Nothing to send." in out
    assert "Canvas takes its own late penalty off the grade: 'Doe, Jane'" in err


def test_another_maximum_is_refused_and_scaled_only_when_told(canvas, export):
    canvas.assignment["points_possible"] = 100
    status, _, err = export("jdoe")
    assert (status, canvas.puts) == (2, [])
    assert (
        "'Deep Learning › Tiny' is out of 100, these grades are out of 10: add --out-of 100" in err
    )
    assert "run this command again" in err
    assert export(options=("--send", "--out-of", "100"))[0] == 0
    assert canvas.puts[0][1]["submission[posted_grade]"] == "60"
    assert canvas.comments(101)[0].startswith("60 / 100 points\nfrom 6 / 10")


def test_a_gradebook_brings_written_marks_along(canvas, export, tmp_path):
    canvas.assignment["points_possible"] = 15
    with made_gradebook.gradebook(tmp_path) as opened:
        made_gradebook.enter(opened, "jdoe", why=3.5)
    options = ("--send", "--gradebook-db", str(tmp_path / "gradebook.db"))
    status, _, err = export(results=[made_gradebook.result("jdoe")], options=options)
    assert (status, canvas.puts[0][1]["submission[posted_grade]"]) == (0, "13.5"), err
    assert "written answers: 3.5 / 5" in canvas.comments(101)[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"grading_type": "pass_fail"}, "has no points in Canvas"),
        ({"group_category_id": 3}, "Assign Grades to Each Student Individually"),
        ({"anonymize_students": True}, "hides who its students are"),
    ],
)
def test_an_assignment_without_points_for_each_student_is_refused(canvas, export, change, words):
    canvas.assignment |= change
    status, _, err = export("jdoe")
    assert (status, canvas.puts) == (2, [])
    assert words in err


def test_an_assignment_of_groups_with_a_grade_for_each_student_is_taken(canvas, export):
    canvas.assignment |= {"group_category_id": 3, "grade_group_students_individually": True}
    assert export("jdoe")[0] == 0
    assert len(canvas.puts) == 1


def test_a_grade_that_canvas_did_not_keep_is_reported(canvas, export, monkeypatch):
    monkeypatch.setattr(canvas, "put", lambda number, _form: canvas.submissions[number])
    status, out, err = export("jdoe")
    assert status == 1
    assert "Sent: 0 of 1" in out
    assert "Canvas kept no grade: 'Doe, Jane'" in err


def test_without_the_library_the_command_says_what_to_install(export, monkeypatch):
    monkeypatch.setitem(sys.modules, "canvasapi.course", None)
    status, _, err = export("jdoe")
    assert status == 2
    assert 'pip install "vae-autograder[canvas]"' in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--api", "https://c.example.edu"], "--api needs --course and --assignment"),
        (["--send"], "--send needs --api"),
        (["--course", "1"], "--course needs --api"),
        (["--api", "https://c.example.edu", "--column", "A"], "--column is for the file of grades"),
    ],
)
def test_options_that_do_not_belong_together_are_refused(tmp_path, capsys, arguments, words):
    assert main(["export", "canvas", str(tmp_path), *arguments]) == 2
    assert words in capsys.readouterr().err
