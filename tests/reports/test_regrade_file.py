"""The file `regrade.csv`: which grades changed, and why."""

from __future__ import annotations

import csv
from dataclasses import replace

from autograder.assignment.rubric import load
from autograder.reports.regrade_log import FILE, RegradeLog, changes
from autograder.results.model import Deduction, Result
from tests import made
from tests.courses import tiny

CHECKS = "staff/"


def result(
    student: str, score: float | None, outcome: str = "passed", points: float = 4.0
) -> Result:
    check = made.check("c", "A claim.", outcome)
    question = made.question("q", score, points, [check], checks_sha256="ab")
    return Result(student, "tiny", "graded", score, points, (question,), sha256="cd")


def test_the_changes_of_checks_add_up_to_the_change_of_the_score():
    found = list(changes(result("ada", 4.0), result("ada", 0.0, "failed")))
    assert sum(one.criterion_change for one in found) == found[0].change == -4.0
    assert list(changes(result("ada", 4.0), result("ada", 4.0))) == []


def test_a_change_names_the_criterion_and_its_checks_with_another_outcome():
    (one,) = changes(result("ada", 4.0), result("ada", 0.0, "failed"))
    assert (one.criterion, one.checks) == ("all", "c: passed → failed")
    assert (one.criterion_before, one.criterion_after) == (4.0, 0.0)


def test_a_deduction_is_a_change_of_its_own():
    new = result("ada", 3.0)
    question = replace(new.questions[0], deductions=(Deduction(1.0, "Its name."),))
    criterion = replace(question.criteria[0], score=4.0)
    new = replace(new, questions=(replace(question, criteria=(criterion,)),))
    (one,) = changes(result("ada", 4.0), new)
    assert (one.criterion, one.criterion_change, one.change) == ("deductions", -1.0, -1.0)


def test_a_score_that_is_missing_is_empty():
    old = replace(result("ada", None, "grader_error"), status="grader_error")
    (one,) = changes(old, result("ada", 4.0))
    assert (one.before, one.after, one.change) == ("", 4.0, 4.0)
    assert one.why == "earlier grader error"


def test_the_run_resumed_an_interrupted_one_keeps_its_changes(tmp_path, assignment):
    interrupted = RegradeLog(tmp_path, assignment)
    interrupted.note(result("ada", 4.0), result("ada", 0.0, "failed"))
    resumed = RegradeLog(tmp_path, assignment)
    resumed.note(result("=bob", 4.0), result("=bob", 0.0, "failed"))
    resumed.note(result("new", 4.0), result("new", 4.0))
    resumed.note(None, result("newer", 4.0))
    resumed.close()
    with (tmp_path / FILE).open(newline="") as file:
        assert [row["student"] for row in csv.DictReader(file)] == ["ada", "'=bob"]


def test_the_file_is_replaced_if_the_checks_changed(tmp_path, assignment):
    first = RegradeLog(tmp_path, assignment)
    first.note(result("ada", 4.0), result("ada", 0.0, "failed"))
    first.close()
    course = tiny.write_course(tmp_path / "other")
    (course / CHECKS / "helper.py").write_text("")
    other = RegradeLog(tmp_path, load(course / "rubric.toml"))
    other.note(result("bob", 4.0), result("bob", 0.0, "failed"))
    other.close()
    with (tmp_path / FILE).open(newline="") as file:
        assert [row["student"] for row in csv.DictReader(file)] == ["bob"]
