"""What confinement prevents, with bubblewrap and without it, and on kernels with fewer layers."""

from __future__ import annotations

import socket
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from autograder.sandbox import Cell, Sandbox, SandboxError, StudentError, sandbox
from autograder.sandbox.confinement import attempts, bubblewrap
from tests.sandbox import refusals_table

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="confinement needs Linux")

SOURCE = """
import ctypes, os, signal, socket, subprocess, threading
def read(path): return open(path).read()[:100]
def listing(path): return os.listdir(path)
def write(path): open(path, "w").write("x")
def writes_to_home():
    with open(os.path.join(os.environ["HOME"], "note"), "w") as file: file.write("x")
    return read(os.path.join(os.environ["HOME"], "note"))
def fills(): open(os.path.join(os.environ["HOME"], "big"), "wb").write(bytes(100 * 2**20))
def connects(port): socket.create_connection(("127.0.0.1", port), 1)
def forks(): return os.fork()
def executes(): return subprocess.run(["/bin/true"]).returncode
def kills(): os.kill(os.getppid(), signal.SIGKILL)
def allocates(): return len(bytearray(8 * 2**30))
def threads():
    found = []
    thread = threading.Thread(target=lambda: found.append(1)); thread.start(); thread.join()
    return found
def traces(): return ctypes.CDLL(None, use_errno=True).ptrace(16, os.getppid(), 0, 0)
def changes_mode(): os.chmod(os.environ["HOME"], 0o777)
def capabilities():
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert ctypes.CDLL(None).capget(header, sets) == 0
    return sum(sets)
def module(name): return __import__(name).__name__
"""
NAMES = [
    *("read", "listing", "write", "writes_to_home", "fills", "connects", "forks", "executes"),
    *("kills", "allocates", "threads", "traces", "changes_mode", "capabilities", "module"),
]


@pytest.fixture(scope="module", params=["with bubblewrap", "without bubblewrap"])
def answers(request):
    opened = Sandbox()
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "without bubblewrap":
            patch.setattr(bubblewrap.shutil, "which", lambda _name: None)
        opened.start()
    with closing(opened):
        session = opened.session([Cell("c", SOURCE, "answer")], NAMES)
        assert session.load().names.keys() == set(NAMES)
        found = session.answers(NAMES)
        found["confinement"] = opened.confinement
        yield found
        session.close()


def test_every_layer_holds_on_this_machine(answers):
    inner = {"unprivileged", "rlimits", "no_new_privs", "landlock", "seccomp", "private_mounts"}
    assert inner <= set(answers["confinement"])


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    file = tmp_path / "canary"
    file.write_text("gradebook")
    file.chmod(0o666)
    return file


def test_files_outside_the_sandbox_cannot_be_read_or_written(answers, canary):
    for attempt in ("read", "write"):
        with pytest.raises(StudentError, match=r"PermissionError|FileNotFoundError|OSError"):
            answers[attempt](str(canary))
    assert canary.read_text() == "gradebook"


@pytest.mark.parametrize("folder", ["checks", "grading", "cli", "results"])
def test_the_hidden_checks_and_the_engine_cannot_be_listed(answers, folder):
    with pytest.raises(StudentError, match=r"PermissionError|FileNotFoundError"):
        answers["listing"](str(Path(sandbox.__file__).parents[1] / folder))


@pytest.mark.parametrize(
    "path",
    [
        *("/etc/passwd", "/root", "/home", "/proc/1/environ", "/proc/self/environ", "/usr/local"),
        *("/usr/bin", "/usr/share", "/proc/meminfo", "/proc/loadavg", "/tmp", "/dev/shm", "/opt"),
    ],
)
def test_other_files_of_the_machine_cannot_be_read(answers, path):
    attempt = "listing" if Path(path).is_dir() else "read"
    with pytest.raises(StudentError, match=r"PermissionError|FileNotFoundError"):
        answers[attempt](path)


def test_a_worker_can_write_to_its_own_home_only_up_to_a_limit(answers):
    assert answers["writes_to_home"]() == "x"
    with pytest.raises(BaseException, match=r"OSError|signal 25"):
        answers["fills"]()


def test_no_connection_can_be_made(answers):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        with pytest.raises(StudentError, match="PermissionError"):
            answers["connects"](server.getsockname()[1])
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("attempt", ["forks", "executes", "kills", "changes_mode"])
def test_processes_cannot_be_started_or_signalled_and_modes_cannot_be_changed(answers, attempt):
    with pytest.raises(StudentError, match="PermissionError"):
        answers[attempt]()


def test_another_process_cannot_be_traced(answers):
    assert answers["traces"]() == -1


def test_memory_is_limited(answers):
    with pytest.raises(StudentError, match="MemoryError"):
        answers["allocates"]()


def test_threads_are_allowed_because_honest_code_uses_them(answers):
    assert answers["threads"]() == [1]


def test_the_worker_has_no_capabilities(answers):
    assert answers["capabilities"]() == 0


def test_the_standard_library_and_what_torch_requires_can_be_imported(answers):
    for name in ("wave", "sqlite3", "numpy", "sympy", "xml.dom.minidom"):
        assert answers["module"](name) == name.partition(".")[0]


@pytest.mark.parametrize("name", ["pandas", "nbgrader", "pytest", "scipy", "autograder.grading"])
def test_other_packages_are_not_there_in_plain_words(answers, name):
    with pytest.raises(StudentError, match=f"ModuleNotFoundError: No module named '{name}'"):
        answers["module"](name)


def test_an_unconfined_sandbox_lists_no_layers_and_imports_whatever_is_installed():
    with Sandbox(confine=False) as opened:
        assert opened.confinement == []
        session = opened.session([Cell("c", "import pytest\ndef f(): return 1", "answer")], ["f"])
        assert session.load().cells[0].status == "ok"
        session.close()


@pytest.mark.parametrize("in_bubblewrap", [True, False])
def test_installed_packages_can_be_imported_only_if_they_are_needed(in_bubblewrap, monkeypatch):
    # Folders as a .pth file or `pip install --user` adds them. Not in `tmp_path`: others cannot
    # enter that.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for name in ("site-packages", "solutions"):
            (Path(folder) / name).mkdir()
            monkeypatch.syspath_prepend(Path(folder) / name)
        for name in ("site-packages/wanted", "site-packages/hidden_checks", "solutions/answers"):
            (Path(folder) / f"{name}.py").write_text("word = 'here'\n")
        if not in_bubblewrap:
            monkeypatch.setattr(bubblewrap.shutil, "which", lambda _name: None)
        source = (
            "def needed():\n    import wanted\n    return wanted.word\n"
            f"def reads(name):\n    return open({folder!r} + '/' + name).read()\n"
            "def imports(name):\n    return __import__(name)\n"
        )
        names = ("needed", "reads", "imports")
        with Sandbox(preload=["wanted"]) as opened:
            session = opened.session([Cell("c", source, "answer")], names)
            found = session.answers(names)
            assert found["needed"]() == "here"
            for name in ("site-packages/hidden_checks.py", "solutions/answers.py"):
                with pytest.raises(StudentError, match=r"FileNotFoundError|PermissionError"):
                    found["reads"](name)
            for name in ("hidden_checks", "answers"):
                with pytest.raises(StudentError, match="ModuleNotFoundError"):
                    found["imports"](name)
            session.close()


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


@pytest.fixture(params=[True, False], ids=["with bubblewrap", "without bubblewrap"])
def in_bubblewrap(request, monkeypatch):
    if not request.param:
        monkeypatch.setattr(bubblewrap.shutil, "which", lambda _name: None)
    return request.param


@pytest.mark.parametrize("setting", SETTINGS)
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
    """Return what to simulate so that of all layers that can be left out only one is there."""
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
    """The sandbox says what a submission could do; that must be none of what the layer refuses."""
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
    with pytest.raises(SandboxError, match="did not start"), Sandbox():
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
