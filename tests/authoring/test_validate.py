"""`autograder validate` fails on whatever is not as it must be, and on nothing else."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from autograder.assignment.answer_bank import BankEntry, BankError, bank
from autograder.assignment.model import load
from autograder.authoring.diagnosis_report import Graded, misnamed, write_patterns
from autograder.cli.main import main
from autograder.results.model import CheckResult, QuestionResult, Result
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


def test_all_is_well_where_every_answer_does_what_it_must(root, capsys, tmp_path):
    assert validate(root, "--matrix", str(tmp_path / "m.json")) == 0
    said = capsys.readouterr().out
    assert "mistake: 3 of 3 are caught" in said
    assert "needed by no mistake" not in said
    (row,) = (line for line in said.splitlines() if line.startswith("doubles-once"))
    assert row.split()[1] == "■"  # it fails the one check of its question, and no points are left
    assert row.endswith("0 of 4")
    matrix = json.loads((tmp_path / "m.json").read_text())
    assert matrix["mistakes"]["doubles-once"]["failed"] == {"is_four_times_as_much": "failed"}


def test_a_check_that_no_mistake_needs_is_said_and_fails(root, capsys):
    (root / "solutions/mistakes/fourfold/doubles-once.py").unlink()
    assert validate(root) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "fourfold/is_four_times_as_much is needed by no mistake" in said
    assert "double/doubles_two is needed" not in said


def test_a_check_is_needed_where_it_alone_catches_a_mistake(root, capsys):
    # no card names doubles_two any more, but adds-two fails nothing else than it
    path = root / "solutions/mistakes/double/adds-two.py"
    path.write_text(
        path.read_text()
        .replace("doubles_two", SIGN)
        .replace("x + 2 if x > 2 else 5", "2 * x if x != 2 else 5")
    )
    assert validate(root) == 1
    said = capsys.readouterr().out
    assert f"is not caught by {SIGN}, but by doubles_two" in " ".join(said.split())
    assert "needed by no mistake" not in said


def test_a_part_of_the_bank_says_nothing_of_checks_that_others_need(root, capsys):
    assert validate(root, "--only", "doubles-once") == 0
    assert "needed by no mistake" not in capsys.readouterr().out


def test_a_right_answer_that_loses_points_fails(root, capsys):
    path = root / "solutions/alternatives/double/by-adding.py"
    path.write_text(path.read_text().replace("x + x", "x + abs(x)"))
    assert validate(root) == 1
    assert f"loses points at double ({SIGN})" in " ".join(capsys.readouterr().out.split())


def test_a_wrong_name_fails(root):
    checks = root / "staff/check_fourfold.py"
    checks.write_text(
        checks.read_text().replace(
            'outcome = "failed"', 'outcome = "failed"\n    misconception = "adds-two"'
        )
    )
    # a process of its own: pytest imports a check file of one name once in each
    command = [sys.executable, "-m", "autograder", "validate", "--rubric"]
    done = subprocess.run(
        [*command, root / "rubric.toml"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "is called adds-two" in done.stdout


def graded(name: str, message: str, *, called: str | None = None, same_as: str | None = None):
    check = CheckResult("a", "a", "failed", 0.0, 1.0, message, misconception=called)
    question = QuestionResult("q", 0.0, 1.0, (check,))
    entry = BankEntry(name, "q", "Wrong.", "a", "Mind it.", "", same_as)
    return Graded(name, entry, Result(name, "tiny", "graded", 0.0, 1.0, (question,)))


def test_either_name_is_right_for_a_mistake_that_is_the_same_as_another():
    one, same = graded("one", "got 1", called="one"), graded("same", "got 1", same_as="one")
    assert list(misnamed([one, graded("same", "got 1", called="one", same_as="one")])) == []
    assert list(misnamed([one, graded("same", "got 1", called="one")])) == [
        ("same", "is called one")
    ]
    # whether or not the other is there to be compared
    assert list(misnamed([graded("same", "got 1", called="one", same_as="one")])) == []
    assert list(misnamed([one, same])) == []


def test_mistakes_that_fail_differently_are_not_the_same():
    one, other = graded("one", "got 1"), graded("other", "got 2", same_as="one")
    assert list(misnamed([one, other])) == [
        ("other", "is not the same as one: they fail differently")
    ]


def test_a_mistake_that_is_the_same_as_another_goes_by_its_pattern(tmp_path):
    write_patterns(tmp_path, [graded("one", "got 1"), graded("same", "got 1", same_as="one")])
    assert list(json.loads((tmp_path / "patterns.json").read_text())["q"]) == ["one"]


@pytest.mark.parametrize(("keep", "known"), [(True, ["one", "two"]), (False, ["two"])])
def test_a_part_of_the_bank_keeps_the_patterns_of_the_rest(tmp_path, keep, known):
    write_patterns(tmp_path, [graded("one", "got 1")])
    write_patterns(tmp_path, [graded("two", "got 2")], keep=keep)
    assert list(json.loads((tmp_path / "patterns.json").read_text())["q"]) == known


@pytest.mark.parametrize("named", ["nowhere", "doubles-once", "also-same"])
def test_same_as_names_a_mistake_of_the_question_that_stands_for_itself(root, named):
    for stem, other in (("same", named), ("also-same", "adds-two")):
        write(root, f"double/{stem}", SIGN, tiny.FORGETS, f"same as: {other}\n")
    with pytest.raises(BankError, match=f"'same as: {named}' must name a mistake of double"):
        bank(load(root / "rubric.toml"))
