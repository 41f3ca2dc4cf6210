"""Files are written atomically, and the temporary files of killed writers are removed."""

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


def test_a_file_is_replaced_and_no_temporary_file_remains(tmp_path):
    for text in ("old", "new"):
        write_atomically(tmp_path / "below" / "a.json", text)
        assert (tmp_path / "below" / "a.json").read_text(encoding="utf-8") == text
    assert names(tmp_path / "below") == ["a.json"]
    assert (tmp_path / "below" / "a.json").stat().st_mode & 0o777 == 0o644


def test_a_failing_disk_leaves_the_old_file_unchanged(tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError(28, "No space left on device")

    write_atomically(tmp_path / "a.json", "old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(tmp_path / "a.json", "new")
    assert names(tmp_path) == ["a.json"]
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("below", ["", "logs"])
def test_the_temporary_file_of_a_killed_writer_is_removed(tmp_path, below):
    target = tmp_path / below / "a.json"
    write_atomically(target, "old")
    run = [sys.executable, "-c", KILLED_WHILE_WRITING, str(target)]
    assert subprocess.run(run, check=False, timeout=60).returncode == -signal.SIGKILL
    assert len(names(target.parent)) == 2, "the writer was not killed in the middle"
    remove_unfinished(tmp_path)
    assert names(target.parent) == ["a.json"]
    assert target.read_text(encoding="utf-8") == "old"


def test_the_temporary_file_of_a_live_writer_stays(tmp_path, monkeypatch):
    fsync = os.fsync

    def remove_then_sync(descriptor):
        remove_unfinished(tmp_path)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", remove_then_sync)
    write_atomically(tmp_path / "a.json", "new")
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "new"


def test_a_temporary_file_that_is_removed_before_it_is_locked_is_created_again(
    tmp_path, monkeypatch
):
    lock, tries = fcntl.flock, []

    def remove_then_lock(file, operation):
        if (
            isinstance(file, int) and not tries
        ):  # the writer passes a descriptor, remove_unfinished a file object
            tries.append(file)
            remove_unfinished(tmp_path)
        lock(file, operation)

    monkeypatch.setattr(fcntl, "flock", remove_then_lock)
    write_atomically(tmp_path / "a.json", "new")
    assert tries
    assert names(tmp_path) == ["a.json"]


def test_without_file_locks_files_are_written_and_no_temporary_file_is_removed(
    tmp_path, monkeypatch
):
    def unsupported(file, operation):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    (tmp_path / ".writing-elsewhere").write_text("half", encoding="utf-8")
    remove_unfinished(tmp_path)
    write_atomically(tmp_path / "a.json", "new")
    assert names(tmp_path) == [".writing-elsewhere", "a.json"]
