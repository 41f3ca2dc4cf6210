"""A submitted file is read, or there is one sentence that says why not."""

from __future__ import annotations

import os

import pytest

from autograder.notebooks import submitted_file
from autograder.notebooks.reader import MAX_BYTES, Unreadable
from autograder.notebooks.submitted_file import read_submission


def reason(path) -> str:
    found = read_submission(path)
    assert isinstance(found, Unreadable)
    assert found.reason.endswith(".")
    assert found.reason.isprintable()
    return found.reason


def test_a_file_is_read_whole(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(b"\0{}\xff")
    assert read_submission(path) == b"\0{}\xff"


def test_the_largest_file_is_read_and_a_larger_one_is_not(tmp_path):
    path = tmp_path / "a.ipynb"
    path.touch()
    os.truncate(path, MAX_BYTES)
    assert len(read_submission(path)) == MAX_BYTES
    os.truncate(path, MAX_BYTES + 1)
    assert "the limit is 100 MB" in reason(path)


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    path.write_bytes(b"x" * 1000)
    monkeypatch.setattr(submitted_file, "MAX_BYTES", 500)
    monkeypatch.setattr(submitted_file, "_why_not", lambda *_: "")  # as if it had been shorter
    assert reason(path)


def test_a_link_that_takes_a_files_place_before_it_is_opened_is_not_followed(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    path.symlink_to("/etc/passwd")
    monkeypatch.setattr(submitted_file, "_why_not", lambda *_: "")
    assert "cannot be read: Too many levels of symbolic links" in reason(path)


def test_a_pipe_that_takes_a_files_place_before_it_is_opened_does_not_block(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    os.mkfifo(path)
    whys = iter(("", "a.ipynb is a named pipe, not a file."))
    monkeypatch.setattr(submitted_file, "_why_not", lambda *_: next(whys))
    assert "named pipe" in reason(path)


@pytest.mark.parametrize("name", ["gone.ipynb", "a\0b", "x" * 300, "\x1b[31m\n\u202e"])
def test_a_name_that_cannot_be_opened_has_a_printable_reason(tmp_path, name):
    assert "cannot be read" in reason(tmp_path / name)
