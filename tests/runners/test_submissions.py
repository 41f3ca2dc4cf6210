"""Submissions are found in every layout that instructors have."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.runners.submissions import collect
from autograder.support.errors import UsageError
from tests.courses import tiny


def put(path: Path, data: bytes = b"{}") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names(found) -> list[str]:
    return [submission.student for submission in found]


def test_a_submitted_tree_gives_each_student_once_in_order(tmp_path, assignment):
    for student in ("bob", "ada"):
        put(tmp_path / "submitted" / student / "tiny" / "tiny.ipynb")
    put(tmp_path / "submitted" / "eve" / "other" / "other.ipynb")
    found = collect([tmp_path / "submitted"], assignment)
    assert names(found) == ["ada", "bob", "eve"]
    assert [one.problem for one in found][:2] == ["", ""]
    assert found[2].problem == "Nothing to grade, found: other/; expected: tiny.ipynb."


def test_a_single_notebook_is_named_after_itself_or_its_folder(tmp_path, assignment):
    paths = [
        put(tmp_path / "ada.ipynb"),
        put(tmp_path / "bob" / "tiny.ipynb"),
        put(tmp_path / "eve" / "tiny" / "tiny.ipynb"),
    ]
    assert names(collect(paths, assignment)) == ["ada", "bob", "eve"]


def test_notebooks_in_a_flat_folder_are_named_after_their_files(tmp_path, assignment):
    put(tmp_path / "ada.ipynb")
    put(tmp_path / "bob.ipynb")
    assert names(collect([tmp_path], assignment)) == ["ada", "bob"]


def test_the_folder_of_one_student_can_be_given(tmp_path, assignment):
    path = put(tmp_path / "ada" / "tiny" / "tiny.ipynb")
    assert names(collect([path.parent], assignment)) == ["ada"]
    assert names(collect([path.parent.parent], assignment)) == ["ada"]


def test_a_student_without_a_notebook_has_a_problem(tmp_path, assignment):
    (tmp_path / "ada" / "tiny").mkdir(parents=True)
    (found,) = collect([tmp_path], assignment)
    assert found.problem == "Nothing to grade, found: tiny/; expected: tiny.ipynb."


def test_a_renamed_notebook_is_graded_and_recorded_as_a_repair(tmp_path, assignment):
    put(tmp_path / "ada" / "tiny" / "tiny (1).ipynb")
    (found,) = collect([tmp_path], assignment)
    assert found.path.name == "tiny (1).ipynb"
    assert found.repair == "tiny.ipynb is missing; tiny (1).ipynb was graded in its place."


def test_two_renamed_notebooks_are_a_problem_for_a_human(tmp_path, assignment):
    put(tmp_path / "ada" / "tiny" / "a.ipynb")
    put(tmp_path / "ada" / "tiny" / "b.ipynb")
    (found,) = collect([tmp_path], assignment)
    assert "a.ipynb, b.ipynb" in found.problem


def test_identical_submissions_of_a_student_count_once(tmp_path, assignment):
    path = put(tmp_path / "ada" / "tiny" / "tiny.ipynb")
    copy = put(tmp_path / "copy" / "ada.ipynb")
    (found,) = collect([path, path.parent, copy], assignment)
    assert (found.path, found.problem) == (path, "")


def test_two_different_submissions_of_a_student_are_a_problem(tmp_path, assignment):
    paths = [put(tmp_path / "1" / "ada.ipynb"), put(tmp_path / "2" / "ada.ipynb", b"other")]
    (found,) = collect(paths, assignment)
    assert found.problem.startswith("Two different submissions of ada")


def test_a_link_is_not_followed(tmp_path, assignment):
    secret, folder = put(tmp_path / "secret"), tmp_path / "submitted"
    (folder / "ada" / "tiny").mkdir(parents=True)
    (folder / "ada" / "tiny" / "tiny.ipynb").symlink_to(secret)
    (found,) = collect([folder], assignment)
    assert "is a symbolic link" in found.problem


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_path_without_any_submission_is_a_usage_error(tmp_path, assignment, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=name):
        collect([tmp_path / name], assignment)


def test_the_tiny_course_has_its_notebook(course):
    assert (course / tiny.Path("source", "tiny", "tiny.ipynb")).is_file()
