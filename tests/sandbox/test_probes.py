"""The sandbox starts only where every effect that it promises to prevent is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograder.sandbox import Cell, Sandbox, SandboxError, StudentError, sandbox
from autograder.sandbox.confinement import attempts
from tests.sampling import one_in
from tests.sandbox import refusals_table

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="confinement needs Linux")

# What the sandbox refuses to start without. The kernels are simulated: fields of its plan.

NO_SECCOMP = {"seccomp_filter": b""}
NO_MOUNTS = {"private_mounts": False}
SETTINGS = {
    "all layers": {},
    "Landlock 1": {"landlock_abi": 1},
    "Landlock 2": {"landlock_abi": 2},
    "Landlock 1, shared mounts": {"landlock_abi": 1, **NO_MOUNTS},
    "Landlock 2, shared mounts": {"landlock_abi": 2, **NO_MOUNTS},
    "shared mounts": NO_MOUNTS,
    "no Landlock": {"landlock_abi": 0},
    "no Landlock, shared mounts": {"landlock_abi": 0, **NO_MOUNTS},
    "no seccomp": NO_SECCOMP,
    "no seccomp, shared mounts": {**NO_SECCOMP, **NO_MOUNTS},
    "no seccomp, Landlock 1": {**NO_SECCOMP, "landlock_abi": 1},
    "no layer": {"landlock_abi": 0, **NO_SECCOMP, **NO_MOUNTS},
}
REFUSED_ANYWHERE = {name for name in SETTINGS if "no seccomp" in name or name == "no layer"}
REFUSED = {
    True: REFUSED_ANYWHERE | {"no Landlock, shared mounts"},
    False: REFUSED_ANYWHERE | {"no Landlock", "no Landlock, shared mounts"},
}
DAMAGE = """
import ctypes, os
def truncates(path): os.truncate(path, 0)
def opens_to_truncate(path): os.close(os.open(path, os.O_RDONLY | os.O_TRUNC))
def opens_for_neither(path): os.close(os.open(path, 3 | os.O_TRUNC))
def opens_relative(path):
    os.chdir(os.path.dirname(path)); os.close(os.open(os.path.basename(path), 3 | os.O_TRUNC))
def opens_at(path):
    where = os.open(os.path.dirname(path), os.O_PATH)
    os.close(os.open(os.path.basename(path), 3 | os.O_TRUNC, dir_fd=where))
def through_the_library(path):
    assert ctypes.CDLL(None, use_errno=True).truncate(path.encode(), 0) == 0
def creates(path): os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
def renames(path): os.rename(path, path + "x")
def exchanges(path):
    assert ctypes.CDLL(None).renameat2(-100, path.encode(), -100, path.encode(), 2) == 0
def touches(path): os.utime(path)
def shuts(path): os.chmod(path, 0)
def links(path): os.link(path, os.environ["HOME"] + "/x")
def deletes(path): os.unlink(path)
"""
ACTS = [
    *("truncates", "opens_to_truncate", "opens_for_neither", "opens_relative", "opens_at"),
    *("through_the_library", "creates", "renames", "exchanges", "touches", "shuts", "links"),
    "deletes",
]


@pytest.mark.parametrize("setting", one_in(3, SETTINGS))
def test_either_grading_refuses_or_every_effect_is_refused(
    setting, in_bubblewrap, monkeypatch, canary, tmp_path
):
    monkeypatch.setattr(sandbox, "_simulated", SETTINGS[setting])
    readable = tmp_path / "course" / "data"
    readable.parent.mkdir()
    readable.write_text("digits")
    for path in (readable, readable.parent, *readable.parents[1:3]):
        path.chmod(0o777)
    if setting in REFUSED[in_bubblewrap]:
        with pytest.raises(SandboxError, match="A submission could"), Sandbox():
            pass
        return
    with Sandbox(path=[readable.parent]) as opened:
        session = opened.session([Cell("c", DAMAGE, "answer")], ACTS)
        found = session.answers(ACTS)
        for act in ACTS:
            for file in (canary, readable):
                with pytest.raises(StudentError):
                    found[act](str(file))
        session.close()
    assert (canary.read_text(), readable.read_text()) == ("gradebook", "digits")


def alone(layer: str) -> dict[str, object]:
    """Return the fields to simulate a kernel with only one of the layers that can be left out."""
    abi = {attempts.LANDLOCK: 1, attempts.TRUNCATE_RIGHT: 3, attempts.SCOPES: 6}.get(layer, 0)
    kept = {"landlock_abi": abi}
    kept |= {} if layer == attempts.SECCOMP else NO_SECCOMP
    return kept | ({} if layer == attempts.MOUNTS else NO_MOUNTS)


@pytest.mark.parametrize(
    "layer",
    [
        attempts.SECCOMP,
        attempts.LANDLOCK,
        attempts.MOUNTS,
        attempts.TRUNCATE_RIGHT,
        attempts.SCOPES,
    ],
)
def test_each_layer_alone_refuses_what_the_table_says_of_it(layer, in_bubblewrap, monkeypatch):
    """The sandbox says what a submission could do. Nothing that the layer refuses may be in it."""
    monkeypatch.setattr(sandbox, "_simulated", alone(layer))
    with pytest.raises(SandboxError) as refused:
        Sandbox().start()
    possible = set(map(str.strip, str(refused.value).splitlines()))
    claimed = {one.effect for one in attempts.ATTEMPTS if layer in one.layers and one.required}
    assert claimed
    assert not claimed & possible


def test_a_probe_finds_each_effect_where_no_layer_refuses_it(in_bubblewrap, monkeypatch):
    """An attempt that never succeeds would prove nothing."""
    monkeypatch.setattr(sandbox, "_simulated", SETTINGS["no layer"])
    with pytest.raises(SandboxError) as refused:
        Sandbox().start()
    possible = set(map(str.strip, str(refused.value).splitlines()))
    always = {attempts.NOT_DUMPABLE, attempts.RLIMITS, attempts.UNPRIVILEGED}
    if in_bubblewrap:
        always.add(attempts.BUBBLEWRAP)
    expected = {
        one.effect
        for one in attempts.ATTEMPTS
        if one.required and not always & set(one.layers) and one.effect not in KERNEL_LACKS
    }
    assert expected <= possible


# Earlier attempts have removed the file, root without capabilities may not, or the kernel lacks it.
KERNEL_LACKS = {
    *("delete a file", "truncate a file"),
    "truncate a file by opening it for neither reading nor writing",
    *("change the mode of a file", "change the times of a file", "change the owner of a file"),
    *("change attributes of a file", "change the zygote's priority"),
    *("choose the zygote's processors", "make POSIX shared memory"),
    *(f"open a socket ({name})" for name in ("packet", "kernel crypto", "virtual machine")),
}


def test_a_failed_probe_is_a_reason_not_to_start(monkeypatch):
    monkeypatch.setattr(sandbox, "_simulated", {"memory_bytes": "not a number"})
    # The probe's own error is told, although its standard streams are closed by then.
    with pytest.raises(SandboxError, match=r"(?s)did not start.*TypeError"), Sandbox():
        pass


# A path that submissions must not open, and can.


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_grading_refuses_where_a_forbidden_path_can_be_opened(kind, in_bubblewrap, tmp_path):
    course = tmp_path / "course"
    (course / "secrets").mkdir(parents=True)
    (course / "secrets" / "gradebook.db").write_text("marks")
    for path in (course, tmp_path, tmp_path.parent):
        path.chmod(0o755)
    bad = course / "secrets" / ("gradebook.db" if kind == "file" else "")
    with (
        pytest.raises(SandboxError, match=f"could read what they must not:\n  {bad}"),
        Sandbox(path=[course], forbidden=[tmp_path / "elsewhere", bad]),
    ):
        pass


def test_forbidden_paths_out_of_reach_are_no_reason_to_refuse(in_bubblewrap, canary):
    with Sandbox(forbidden=[canary, canary.parent, Path("/"), Path.home(), Path("/etc/passwd")]):
        pass


def test_the_table_in_the_documentation_is_the_list_of_attempts():
    written = refusals_table.PAGE.read_text("utf-8")
    assert refusals_table.BEGIN in written
    assert refusals_table.page(written) == written
