"""A file is written whole or not at all, and what a killed writer leaves is removed."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from autograder.support.files import remove_unfinished, write_atomically

KILLED_WHILE_WRITING = textwrap.dedent("""
    import os, signal, sys
    from pathlib import Path
    from autograder.support import files
    os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
    files.write_atomically(Path(sys.argv[1]), "new")
""")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path):
    for text in ("old", "new"):
        write_atomically(tmp_path / "below" / "a.json", text)
        assert (tmp_path / "below" / "a.json").read_text(encoding="utf-8") == text
    assert names(tmp_path / "below") == ["a.json"]
    assert (tmp_path / "below" / "a.json").stat().st_mode & 0o777 == 0o644


def test_a_disk_that_fails_leaves_the_old_file_alone(tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError(28, "No space left on device")

    write_atomically(tmp_path / "a.json", "old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(tmp_path / "a.json", "new")
    assert names(tmp_path) == ["a.json"]
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("below", ["", "logs"])
def test_what_a_writer_left_that_was_killed_is_removed(tmp_path, below):
    target = tmp_path / below / "a.json"
    write_atomically(target, "old")
    run = [sys.executable, "-c", KILLED_WHILE_WRITING, str(target)]
    assert subprocess.run(run, check=False, timeout=60).returncode == -signal.SIGKILL
    assert len(names(target.parent)) == 2, "the writer was not killed in the middle"
    remove_unfinished(tmp_path)
    assert names(target.parent) == ["a.json"]
    assert target.read_text(encoding="utf-8") == "old"


def test_a_file_that_somebody_else_is_writing_stays(tmp_path, monkeypatch):
    there = os.fsync

    def meanwhile(descriptor):
        remove_unfinished(tmp_path)
        there(descriptor)

    monkeypatch.setattr(os, "fsync", meanwhile)
    write_atomically(tmp_path / "a.json", "new")
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "new"


def test_a_file_that_was_removed_before_it_was_locked_is_made_again(tmp_path, monkeypatch):
    lock, tries = fcntl.flock, []

    def late(file, operation):
        if isinstance(file, int) and not tries:  # the writer; who removes has a file object
            tries.append(file)
            remove_unfinished(tmp_path)
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    write_atomically(tmp_path / "a.json", "new")
    assert tries
    assert names(tmp_path) == ["a.json"]


def test_without_locks_files_are_written_and_nothing_is_taken_for_left_over(tmp_path, monkeypatch):
    def unsupported(file, operation):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    (tmp_path / ".writing-elsewhere").write_text("half", encoding="utf-8")
    remove_unfinished(tmp_path)
    write_atomically(tmp_path / "a.json", "new")
    assert names(tmp_path) == [".writing-elsewhere", "a.json"]
