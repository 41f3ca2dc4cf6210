"""Who has another grade than before, and why: the file that tells it."""

from __future__ import annotations

import csv

from autograder.assignment.model import load
from autograder.reports.regrade_log import FILE, Ledger, changes
from autograder.results.model import CheckResult, QuestionResult, Result
from tests.courses import tiny

CHECKS = "staff/"


def result(student: str, score: float, outcome: str = "passed", points: float = 4.0) -> Result:
    check = CheckResult("c", "A claim.", outcome, score, points)
    question = QuestionResult("q", score, points, (check,), checks_sha256="ab")
    return Result(student, "tiny", "graded", score, points, (question,), sha256="cd")


def test_the_parts_of_a_change_add_up_to_the_whole():
    found = list(changes(result("ada", 4.0), result("ada", 0.0, "failed")))
    assert sum(one.check_change for one in found) == found[0].change == -4.0
    assert list(changes(result("ada", 4.0), result("ada", 4.0))) == []


def test_a_run_that_is_interrupted_has_its_changes_in_the_file_of_the_next(tmp_path, assignment):
    cut_short = Ledger(tmp_path, assignment)
    cut_short.note(result("ada", 4.0), result("ada", 0.0, "failed"))
    after = Ledger(tmp_path, assignment)
    after.note(result("=bob", 4.0), result("=bob", 0.0, "failed"))
    after.note(result("new", 4.0), result("new", 4.0))
    after.note(None, result("newer", 4.0))
    after.close()
    with (tmp_path / FILE).open(newline="") as file:
        assert [row["student"] for row in csv.DictReader(file)] == ["ada", "'=bob"]


def test_the_file_of_other_checks_is_replaced(tmp_path, assignment):
    first = Ledger(tmp_path, assignment)
    first.note(result("ada", 4.0), result("ada", 0.0, "failed"))
    first.close()
    course = tiny.write_course(tmp_path / "other")
    (course / CHECKS / "helper.py").write_text("")
    other = Ledger(tmp_path, load(course / "rubric.toml"))
    other.note(result("bob", 4.0), result("bob", 0.0, "failed"))
    other.close()
    with (tmp_path / FILE).open(newline="") as file:
        assert [row["student"] for row in csv.DictReader(file)] == ["bob"]
