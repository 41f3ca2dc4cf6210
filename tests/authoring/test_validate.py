"""`autograder validate` fails for every violation, and for nothing else."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from autograder.assignment.answer_bank import BankEntry, BankError, load_bank
from autograder.assignment.rubric import load
from autograder.authoring.diagnosis_report import GradedCase, write_fingerprints, wrong_diagnoses
from autograder.cli.main import main
from autograder.results.model import Result
from tests import made
from tests.courses import tiny

MISTAKES = {
    "double/adds-two": ("doubles_two", "def double(x):\n    return x + 2 if x > 2 else 5\n"),
    "fourfold/doubles-once": ("is_four_times_as_much", "def fourfold(x):\n    return double(x)\n"),
}
SIGN = "keeps_the_sign_of_what_it_gets"


@pytest.fixture
def root(tmp_path):
    """Make the tiny course with a mistake for every check."""
    course = tiny.write_course(tmp_path / "course")
    for name, (check, code) in MISTAKES.items():
        write(course, name, check, code)
    (course / "staff/check_double.py").write_text(
        tiny.STAFF_DOUBLE.replace(
            '    misconception = "forgets-the-sign"\n    hint = "What is twice -3?"\n', ""
        )
    )
    return course


def write(course, name: str, check: str, code: str, more: str = "") -> None:
    path = course / "solutions/mistakes" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'"""Wrong.\n\ncaught by: {check}\nhint: Mind it.\n{more}"""\n\n{code}')


def validate(course, *options: str) -> int:
    rubric = str(course / "rubric.toml")
    return main(["validate", "--rubric", rubric, "--jobs", "2", *options])


def test_validate_passes_if_every_answer_does_what_it_must(root, capsys, tmp_path):
    assert validate(root, "--matrix", str(tmp_path / "m.json")) == 0
    printed = capsys.readouterr().out
    assert "mistake: 3 of 3 are caught" in printed
    assert "needed by no mistake" not in printed
    (row,) = (line for line in printed.splitlines() if line.startswith("doubles-once"))
    # It fails the only check of its question, and loses all points.
    assert row.split() == ["doubles-once", "■", "4", "four"]
    matrix = json.loads((tmp_path / "m.json").read_text())
    assert matrix["mistakes"]["doubles-once"]["failed"] == {"is_four_times_as_much": "failed"}


def test_a_mistake_that_costs_more_or_less_than_its_entry_says_fails(root, capsys):
    path = root / "solutions/mistakes/fourfold/doubles-once.py"
    text = path.read_text()
    for costs, status in (("4", 0), ("3-4.5", 0), ("1-3", 1), ("5-9", 1)):
        path.write_text(text.replace("hint:", f"costs: {costs}\nhint:"))
        assert validate(root, "--only", "doubles-once") == status
    assert "costs 4 points, its entry says 5 to 9" in " ".join(capsys.readouterr().out.split())


def test_a_check_that_no_mistake_needs_fails(root, capsys):
    (root / "solutions/mistakes/fourfold/doubles-once.py").unlink()
    assert validate(root) == 1
    printed = " ".join(capsys.readouterr().out.split())
    assert "fourfold/is_four_times_as_much is needed by no mistake" in printed
    assert "double/doubles_two is needed" not in printed


def test_a_check_that_alone_catches_a_mistake_is_needed(root, capsys):
    # No entry names doubles_two any more, but adds-two fails only this check.
    path = root / "solutions/mistakes/double/adds-two.py"
    path.write_text(
        path.read_text()
        .replace("doubles_two", SIGN)
        .replace("x + 2 if x > 2 else 5", "2 * x if x != 2 else 5")
    )
    assert validate(root) == 1
    printed = capsys.readouterr().out
    assert f"is not caught by {SIGN}, but by doubles_two" in " ".join(printed.split())
    assert "needed by no mistake" not in printed


def test_unneeded_checks_are_not_reported_for_a_part_of_the_bank(root, capsys):
    assert validate(root, "--only", "doubles-once") == 0
    assert "needed by no mistake" not in capsys.readouterr().out


def test_a_correct_answer_that_loses_points_fails(root, capsys):
    path = root / "solutions/alternatives/double/by-adding.py"
    path.write_text(path.read_text().replace("x + x", "x + abs(x)"))
    assert validate(root) == 1
    assert f"loses points at double ({SIGN})" in " ".join(capsys.readouterr().out.split())


def test_a_grader_error_is_the_only_thing_said_of_a_case_and_fails(root):
    checks = root / "staff/check_double.py"
    checks.write_text(checks.read_text().replace("got = double(-3.5)", "got = no_such_name"))
    # In a process of its own: a check file is imported only once per process.
    command = [sys.executable, "-m", "autograder", "validate", "--rubric", root / "rubric.toml"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    printed = " ".join(done.stdout.split())
    assert "Not graded, the grader itself failed: NameError: name 'no_such_name'" in printed
    assert "must earn" not in printed
    assert "must lose" not in printed


def test_a_wrong_diagnosis_fails(root):
    checks = root / "staff/check_fourfold.py"
    checks.write_text(
        checks.read_text().replace(
            'outcome = "failed"', 'outcome = "failed"\n    misconception = "adds-two"'
        )
    )
    # In a process of its own: a check file is imported only once per process.
    command = [sys.executable, "-m", "autograder", "validate", "--rubric"]
    done = subprocess.run(
        [*command, root / "rubric.toml"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "is diagnosed as adds-two" in done.stdout


def graded(name: str, message: str, *, diagnosis: str | None = None, same_as: str | None = None):
    check = made.check("a", "a", "failed", message, misconception=diagnosis)
    question = made.question("q", 0.0, 1.0, [check])
    entry = BankEntry(name, "q", "Wrong.", "a", "Mind it.", "", same_as)
    return GradedCase(name, entry, Result(name, "tiny", "graded", 0.0, 1.0, (question,)))


def test_a_mistake_may_be_diagnosed_as_the_one_it_equals():
    one, same = graded("one", "got 1", diagnosis="one"), graded("same", "got 1", same_as="one")
    assert (
        list(wrong_diagnoses([one, graded("same", "got 1", diagnosis="one", same_as="one")])) == []
    )
    assert list(wrong_diagnoses([one, graded("same", "got 1", diagnosis="one")])) == [
        ("same", "is diagnosed as one")
    ]
    # Also if the other mistake was not graded.
    assert list(wrong_diagnoses([graded("same", "got 1", diagnosis="one", same_as="one")])) == []
    assert list(wrong_diagnoses([one, same])) == []


def test_mistakes_that_fail_differently_are_not_the_same():
    one, other = graded("one", "got 1"), graded("other", "got 2", same_as="one")
    assert list(wrong_diagnoses([one, other])) == [
        ("other", "is not the same as one: they fail differently")
    ]


def test_a_mistake_that_equals_another_has_no_fingerprint(tmp_path):
    write_fingerprints(tmp_path, [graded("one", "got 1"), graded("same", "got 1", same_as="one")])
    assert list(json.loads((tmp_path / "patterns.json").read_text())["q"]) == ["one"]


@pytest.mark.parametrize(("keep", "known"), [(True, ["one", "two"]), (False, ["two"])])
def test_validating_a_part_of_the_bank_keeps_the_other_fingerprints(tmp_path, keep, known):
    write_fingerprints(tmp_path, [graded("one", "got 1")])
    write_fingerprints(tmp_path, [graded("two", "got 2")], keep=keep)
    assert list(json.loads((tmp_path / "patterns.json").read_text())["q"]) == known


@pytest.mark.parametrize("named", ["nowhere", "doubles-once", "also-same"])
def test_same_as_must_name_a_mistake_of_the_question_that_equals_no_other(root, named):
    for stem, other in (("same", named), ("also-same", "adds-two")):
        write(root, f"double/{stem}", SIGN, tiny.FORGETS, f"same as: {other}\n")
    with pytest.raises(BankError, match=f"'same as: {named}' must name a mistake of double"):
        load_bank(load(root / "rubric.toml"))
