"""Finding submissions: who handed in which file, in every layout that instructors have."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.runners.submissions import NothingThereError, collect
from tests.courses import tiny


def put(path: Path, data: bytes = b"{}") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names(found) -> list[str]:
    return [submission.student for submission in found]


def test_nbgraders_tree_gives_each_student_once_in_order(tmp_path, assignment):
    for student in ("bob", "ada"):
        put(tmp_path / "submitted" / student / "tiny" / "tiny.ipynb")
    put(tmp_path / "submitted" / "eve" / "other" / "other.ipynb")
    found = collect([tmp_path / "submitted"], assignment)
    assert names(found) == ["ada", "bob"]
    assert not any(submission.problem for submission in found)


def test_a_single_file_is_named_by_itself_or_by_its_folders(tmp_path, assignment):
    paths = [
        put(tmp_path / "ada.ipynb"),
        put(tmp_path / "bob" / "tiny.ipynb"),
        put(tmp_path / "eve" / "tiny" / "tiny.ipynb"),
    ]
    assert names(collect(paths, assignment)) == ["ada", "bob", "eve"]


def test_a_flat_folder_of_downloads_is_named_by_the_files(tmp_path, assignment):
    put(tmp_path / "ada.ipynb")
    put(tmp_path / "bob.ipynb")
    assert names(collect([tmp_path], assignment)) == ["ada", "bob"]


def test_one_students_folder_is_enough(tmp_path, assignment):
    path = put(tmp_path / "ada" / "tiny" / "tiny.ipynb")
    assert names(collect([path.parent], assignment)) == ["ada"]
    assert names(collect([path.parent.parent], assignment)) == ["ada"]


def test_a_student_without_the_notebook_gets_a_verdict(tmp_path, assignment):
    (tmp_path / "ada" / "tiny").mkdir(parents=True)
    (found,) = collect([tmp_path], assignment)
    assert found.problem == "No tiny.ipynb was handed in."


def test_a_renamed_notebook_is_taken_and_said_to_be(tmp_path, assignment):
    put(tmp_path / "ada" / "tiny" / "tiny (1).ipynb")
    (found,) = collect([tmp_path], assignment)
    assert found.path.name == "tiny (1).ipynb"
    assert found.repair == "tiny.ipynb is missing; tiny (1).ipynb was graded in its place."


def test_between_two_renamed_notebooks_a_human_decides(tmp_path, assignment):
    put(tmp_path / "ada" / "tiny" / "a.ipynb")
    put(tmp_path / "ada" / "tiny" / "b.ipynb")
    (found,) = collect([tmp_path], assignment)
    assert "a.ipynb, b.ipynb" in found.problem


def test_the_same_submission_twice_is_one(tmp_path, assignment):
    path = put(tmp_path / "ada" / "tiny" / "tiny.ipynb")
    copy = put(tmp_path / "copy" / "ada.ipynb")
    (found,) = collect([path, path.parent, copy], assignment)
    assert (found.path, found.problem) == (path, "")


def test_two_different_submissions_of_a_student_get_a_verdict(tmp_path, assignment):
    paths = [put(tmp_path / "1" / "ada.ipynb"), put(tmp_path / "2" / "ada.ipynb", b"other")]
    (found,) = collect(paths, assignment)
    assert found.problem.startswith("Two different submissions of ada")


def test_a_link_is_not_followed(tmp_path, assignment):
    secret = put(tmp_path / "secret")
    (tmp_path / "ada" / "tiny").mkdir(parents=True)
    (tmp_path / "ada" / "tiny" / "tiny.ipynb").symlink_to(secret)
    (found,) = collect([tmp_path], assignment)
    assert "is a link" in found.problem


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_path_without_any_submission_is_wrong_usage(tmp_path, assignment, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingThereError, match=name):
        collect([tmp_path / name], assignment)


def test_the_tiny_course_is_a_course(course):
    assert (course / tiny.Path("source", "tiny", "tiny.ipynb")).is_file()
