"""The answer bank: entries are parsed, and every file is validated."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from autograder.assignment.answer_bank import BankError, load_bank, read_entry

MISTAKE = '"""Adds instead of multiplying.\n\ncaught by: doubles\nhint: 2 · 3 is 6.\n"""\n\n'


@pytest.fixture
def course(tmp_path):
    """Make a course with one question, `double`, and one file of each kind."""
    solutions = tmp_path / "solutions"
    for folder in ("alternatives/double", "mistakes/double"):
        (solutions / folder).mkdir(parents=True)
    (solutions / "double.py").write_text('"""Doubles."""\n\ndef double(x):\n    return 2 * x\n')
    (solutions / "alternatives/double/by-adding.py").write_text('"""Adds."""\ndouble = sum\n')
    (solutions / "mistakes/double/adds-two.py").write_text(
        MISTAKE + "def double(x): return x + 2\n"
    )
    return SimpleNamespace(
        solutions=solutions,
        questions=[SimpleNamespace(id="double", answer="double")],
        rubric_questions=("double",),
    )


def test_an_entry_has_the_title_the_fields_and_the_code_of_its_file(course):
    entry = read_entry(course.solutions / "mistakes/double/adds-two.py")
    assert (entry.stem, entry.question) == ("adds-two", "double")
    assert entry.title == "Adds instead of multiplying."
    assert (entry.caught_by, entry.hint) == ("doubles", "2 · 3 is 6.")
    assert entry.code == "def double(x): return x + 2"


def test_a_bank_has_every_file_with_its_question(course):
    found = load_bank(course)
    assert found.solutions["double"].title == "Doubles."
    assert [entry.stem for entry in found.alternatives] == ["by-adding"]
    assert [entry.stem for entry in found.mistakes] == ["adds-two"]
    assert found.find("adds-two").question == "double"


def test_answers_are_the_reference_answers_with_entries_in_their_place(course):
    found = load_bank(course)
    assert found.answers() == {"double": "def double(x):\n    return 2 * x"}
    assert found.answers(found.find("by-adding")) == {"double": "double = sum"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def double(: pass", "not valid Python"),
        ("def double(x): return x + 2", "no docstring"),
        (MISTAKE, "no answer"),
        (MISTAKE.replace("hint: 2 · 3 is 6.\n", "") + "x = 1", "needs a line 'hint"),
        (MISTAKE.replace("caught by: doubles\n", "") + "x = 1", "needs a line 'caught by"),
        (MISTAKE.replace("hint:", "tip:") + "x = 1", "cannot read the line 'tip"),
        (MISTAKE.replace("2 · 3 is 6.", "") + "x = 1", "cannot read the line 'hint"),
    ],
)
def test_an_invalid_file_is_refused_with_its_path_and_the_reason(course, text, reason):
    path = course.solutions / "mistakes/double/adds-two.py"
    path.write_text(text)
    with pytest.raises(BankError, match=reason) as caught:
        load_bank(course)
    assert str(path) in str(caught.value)


def test_a_reference_answer_has_no_fields_of_a_mistake(course):
    (course.solutions / "double.py").write_text(MISTAKE + "x = 1")
    with pytest.raises(BankError, match="only mistakes have"):
        load_bank(course)


def test_a_missing_reference_answer_is_reported(course):
    (course.solutions / "double.py").unlink()
    with pytest.raises(BankError, match=r"double\.py: missing"):
        load_bank(course)


def test_two_files_with_the_same_stem_are_refused(course):
    (course.solutions / "alternatives/double/adds-two.py").write_text('"""Adds."""\nx = 1\n')
    with pytest.raises(BankError, match="rename one"):
        load_bank(course)


def test_a_file_that_belongs_to_no_question_is_refused(course):
    (course.solutions / "mistakes/dubble").mkdir()
    (course.solutions / "mistakes/dubble/adds-three.py").write_text(MISTAKE + "x = 1")
    with pytest.raises(BankError, match="belongs to no question"):
        load_bank(course)
