"""A digest changes with everything that decides an outcome, and with nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder.assignment.rubric import load
from tests.courses import tiny

RUBRIC = Path("rubric.toml")
IS_EVEN = '''"""More checks."""


def check_is_even(double):
    """Even."""
    assert double(3) % 2 == 0
'''


def changed(root: Path, before: list[str]) -> list[bool]:
    """Return whether the digests of double and of fourfold differ from the earlier ones."""
    after = [question.digest for question in load(root / RUBRIC).questions]
    return [one != other for one, other in zip(before, after, strict=True)]


@pytest.fixture
def root(tmp_path):
    course = tiny.write_course(tmp_path)
    (course / "source/tiny/lesson.ipynb").write_bytes(tiny.notebook([]))  # without questions
    return course


@pytest.fixture
def before(root):
    return [question.digest for question in load(root / RUBRIC).questions]


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("staff/check_double.py", [True, False]),
        ("source/tiny/checks/check_double.py", [True, False]),
        ("staff/double/helper.py", [True, False]),
        ("staff/double/data/table.csv", [True, False]),
        ("staff/fourfold/__init__.py", [False, True]),
        ("staff/helper.py", [True, True]),
        ("staff/held.idx", [True, True]),
        ("staff/stand_ins.py", [True, True]),
        ("source/tiny/tiny.ipynb", [True, True]),
        ("source/tiny/lesson.ipynb", [False, False]),
        ("source/tiny/__pycache__/helper.pyc", [False, False]),
        ("staff/double/.hidden", [False, False]),
        ("solutions/double.py", [False, False]),
    ],
)
def test_a_change_of_a_file_changes_the_digests_of_the_questions_that_use_it(
    root, before, path, changes
):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    with (root / path).open("a") as file:
        file.write("\n")
    assert changed(root, before) == changes


def test_other_points_change_the_digest_of_the_assignment_only(root, before):
    digest = load(root / RUBRIC).digest
    text = (root / RUBRIC).read_text()
    first, middle, last = text.partition('id = "fourfold"')
    first = first.replace("points = 2", "points = 3").replace("points = 4", "points = 3")
    text = first + middle + last
    (root / RUBRIC).write_text(text)
    assert changed(root, before) == [False, False]
    assert load(root / RUBRIC).digest != digest


@pytest.mark.parametrize("path", ["staff/check_double_more.py", "staff/double/check_more.py"])
def test_the_checks_of_a_question_may_be_in_several_files(root, before, path):
    text = (root / RUBRIC).read_text()
    (root / RUBRIC).write_text(text.replace('["doubles_two"]', '["doubles_two", "is_even"]'))
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text(IS_EVEN)
    double, _ = load(root / RUBRIC).questions
    assert double.titles["is_even"] == "Even."
    assert double.check_files[-1] == root / path
    assert "is_even" not in double.visible_check_ids
    assert changed(root, before) == [True, False]


def test_no_file_of_this_course_imports_from_the_folder_of_another_question():
    assignment = load()
    folder = assignment.staff_checks
    ids = {question.id for question in assignment.questions}
    for path in folder.rglob("*.py"):
        own = path.relative_to(folder).parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                above = path.parents[node.level - 1] == folder
                names = [node.module] if node.module else [one.name for one in node.names]
                imported = {name.split(".")[0] for name in names} if above else set()
                assert not (imported & ids) - {own}, f"{path}: {ast.unparse(node)}"
