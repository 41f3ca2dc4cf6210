"""Cards are read, banks are whole, answers land in their cells and nowhere else."""

from __future__ import annotations

import json
from types import SimpleNamespace

import nbformat
import pytest

from autograder.assignment.answer_bank import BankError, assemble, bank, read_entry, write_solved

MISTAKE = '"""Adds instead of multiplying.\n\ncaught by: doubles\nhint: 2 · 3 is 6.\n"""\n\n'


def cell(source, grade_id=None, kind="code"):
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    body = {"cell_type": kind, "metadata": metadata, "source": source}
    return body | ({"outputs": [1], "execution_count": 3} if kind == "code" else {})


def notebook(*cells):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.fixture
def course(tmp_path):
    """Make a course with one question, `double`, and one file of each kind."""
    solutions, source = tmp_path / "solutions", tmp_path / "source"
    for folder in ("alternatives/double", "mistakes/double"):
        (solutions / folder).mkdir(parents=True)
    source.mkdir()
    (solutions / "double.py").write_text('"""Doubles."""\n\ndef double(x):\n    return 2 * x\n')
    (solutions / "alternatives/double/by-adding.py").write_text('"""Adds."""\ndouble = sum\n')
    (solutions / "mistakes/double/adds-two.py").write_text(
        MISTAKE + "def double(x): return x + 2\n"
    )
    (source / "n.ipynb").write_bytes(
        notebook(cell("stub", "double"), cell("text", kind="markdown"))
    )
    (source / "helper.py").write_text("")
    return SimpleNamespace(
        root=tmp_path,
        source=source,
        solutions=solutions,
        notebook="n.ipynb",
        questions=[SimpleNamespace(id="double", answer="double")],
    )


def test_a_card_gives_title_fields_and_the_code_below_it(course):
    entry = read_entry(course.solutions / "mistakes/double/adds-two.py")
    assert (entry.stem, entry.question) == ("adds-two", "double")
    assert entry.title == "Adds instead of multiplying."
    assert (entry.caught_by, entry.hint) == ("doubles", "2 · 3 is 6.")
    assert entry.code == "def double(x): return x + 2"


def test_a_bank_holds_every_file_under_its_question(course):
    found = bank(course)
    assert found.solutions["double"].title == "Doubles."
    assert [entry.stem for entry in found.alternatives] == ["by-adding"]
    assert [entry.stem for entry in found.mistakes] == ["adds-two"]
    assert found.find("adds-two").question == "double"


def test_answers_are_the_reference_with_cards_in_place(course):
    found = bank(course)
    assert found.answers() == {"double": "def double(x):\n    return 2 * x"}
    assert found.answers(found.find("by-adding")) == {"double": "double = sum"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def double(: pass", "not valid Python"),
        ("def double(x): return x + 2", "no card"),
        (MISTAKE, "without an answer"),
        (MISTAKE.replace("hint: 2 · 3 is 6.\n", "") + "x = 1", "needs a line 'hint"),
        (MISTAKE.replace("caught by: doubles\n", "") + "x = 1", "needs a line 'caught by"),
        (MISTAKE.replace("hint:", "tip:") + "x = 1", "cannot read the line 'tip"),
        (MISTAKE.replace("2 · 3 is 6.", "") + "x = 1", "cannot read the line 'hint"),
    ],
)
def test_a_broken_file_is_refused_by_name_and_reason(course, text, reason):
    path = course.solutions / "mistakes/double/adds-two.py"
    path.write_text(text)
    with pytest.raises(BankError, match=reason) as caught:
        bank(course)
    assert str(path) in str(caught.value)


def test_a_reference_has_no_fields_of_a_mistake(course):
    (course.solutions / "double.py").write_text(MISTAKE + "x = 1")
    with pytest.raises(BankError, match="is for mistakes"):
        bank(course)


def test_a_missing_reference_is_named(course):
    (course.solutions / "double.py").unlink()
    with pytest.raises(BankError, match=r"double\.py: missing"):
        bank(course)


def test_two_files_may_not_share_a_stem(course):
    (course.solutions / "alternatives/double/adds-two.py").write_text('"""Adds."""\nx = 1\n')
    with pytest.raises(BankError, match="rename one"):
        bank(course)


def test_a_file_of_no_question_is_not_silently_ignored(course):
    (course.solutions / "mistakes/dubble").mkdir()
    (course.solutions / "mistakes/dubble/adds-three.py").write_text(MISTAKE + "x = 1")
    with pytest.raises(BankError, match="belongs to no question"):
        bank(course)


def test_an_answer_lands_in_its_cell_and_other_cells_stay(course):
    before = notebook(cell("stub", "double"), cell("check()", "check-double"), cell("play"))
    after = json.loads(assemble(before, {"double": "def double(x):\n    return 2 * x\n"}))
    assert after["cells"][0]["source"] == ["def double(x):\n", "    return 2 * x"]
    assert after["cells"][0]["outputs"] == []
    assert after["cells"][1:] == json.loads(before)["cells"][1:]


def test_assembling_is_stable_and_gives_a_valid_notebook():
    empty = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("stub", metadata={"nbgrader": {"grade_id": "double"}})]
    )
    once = assemble(nbformat.writes(empty).encode(), {"double": "x = '→'"})
    assert assemble(once, {"double": "x = '→'"}) == once
    nbformat.validate(nbformat.reads(once.decode(), as_version=4))
    assert "→".encode() in once


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        (b"{", "not a notebook"),
        (b"[]", "not a notebook"),
        (b'{"cells": [{}]}', "not a notebook"),
        (notebook(), "0 code cells have the grade_id 'double'"),
        (notebook(cell("a", "double"), cell("b", "double")), "2 code cells"),
        (notebook(cell("a", "double", kind="markdown")), "0 code cells"),
    ],
)
def test_a_notebook_without_the_cell_is_refused(damaged, reason):
    with pytest.raises(BankError, match=reason):
        assemble(damaged, {"double": "x = 1"})


def test_the_solved_folder_holds_notebook_and_helpers(course, tmp_path):
    (path,) = write_solved(course, tmp_path / "solved")
    assert json.loads(path.read_bytes())["cells"][0]["source"][0] == "def double(x):\n"
    assert (tmp_path / "solved/helper.py").exists()
    assert "stub" in (course.source / "n.ipynb").read_text()
