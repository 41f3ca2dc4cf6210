"""What confinement prevents, with bubblewrap and without it."""

from __future__ import annotations

import socket
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.sandbox import Cell, Sandbox, SandboxError, StudentError, sandbox
from autograder.sandbox.confinement import bubblewrap

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
    lines = open("/proc/self/status").read().splitlines()
    return next(line.split()[1] for line in lines if line.startswith("CapEff"))
"""
NAMES = [
    *("read", "listing", "write", "writes_to_home", "fills", "connects", "forks", "executes"),
    *("kills", "allocates", "threads", "traces", "changes_mode", "capabilities"),
]


@pytest.fixture(scope="module", params=["with bubblewrap", "without bubblewrap"])
def answers(request):
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "without bubblewrap":
            patch.setattr(bubblewrap.shutil, "which", lambda _name: None)
        with Sandbox() as opened:
            session = opened.session([Cell("c", SOURCE, "answer")], NAMES)
            assert session.load().names.keys() == set(NAMES)
            found = session.answers(NAMES)
            found["confinement"] = opened.confinement
            yield found
            session.close()


def test_every_layer_holds_on_this_machine(answers):
    inner = {"unprivileged", "rlimits", "no_new_privs", "landlock", "seccomp"}
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


def test_the_hidden_checks_cannot_be_listed(answers):
    checks = Path(sandbox.__file__).parents[1] / "checks"
    with pytest.raises(StudentError, match=r"PermissionError|FileNotFoundError"):
        answers["listing"](str(checks))


@pytest.mark.parametrize("path", ["/etc/passwd", "/root", "/home", "/proc/1/environ"])
def test_other_files_of_the_machine_cannot_be_read(answers, path):
    with pytest.raises(StudentError, match=r"PermissionError|FileNotFoundError"):
        answers["listing" if path in {"/root", "/home"} else "read"](path)


def test_a_worker_can_write_to_its_home_only_if_that_is_in_memory_and_only_up_to_a_limit(answers):
    if "bubblewrap" not in answers["confinement"]:
        with pytest.raises(StudentError, match=r"FileNotFoundError|PermissionError"):
            answers["writes_to_home"]()
        return
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
    assert int(answers["capabilities"](), 16) == 0


def test_without_a_layer_that_holds_the_sandbox_does_not_start(monkeypatch):
    monkeypatch.setattr(sandbox, "_REQUIRED_LAYERS", ({"seccomp"}, {"no such layer"}))
    with pytest.raises(SandboxError, match="--unconfined"), Sandbox():
        pass


def test_an_unconfined_sandbox_lists_no_layers():
    with Sandbox(confine=False) as opened:
        assert opened.confinement == []


@pytest.mark.parametrize("in_bubblewrap", [True, False])
def test_packages_in_other_folders_can_be_imported_but_nothing_else_on_sys_path(
    in_bubblewrap, monkeypatch
):
    # Folders as a .pth file or `pip install --user` adds them. Not in `tmp_path`: others cannot
    # enter that.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for name in ("site-packages", "solutions"):
            (Path(folder) / name).mkdir()
            (Path(folder) / name / f"in_{name[:4]}.py").write_text("word = 'here'\n")
            monkeypatch.syspath_prepend(Path(folder) / name)
        if not in_bubblewrap:
            monkeypatch.setattr(bubblewrap.shutil, "which", lambda _name: None)
        source = (
            "def package():\n    import in_site\n    return in_site.word\n"
            f"def answers():\n    return open({folder!r} + '/solutions/in_solu.py').read()\n"
            "def module():\n    import in_solu\n"
        )
        names = ("package", "answers", "module")
        with Sandbox() as opened:
            session = opened.session([Cell("c", source, "answer")], names)
            found = session.answers(names)
            assert found["package"]() == "here"
            with pytest.raises(StudentError, match=r"FileNotFoundError|PermissionError"):
                found["answers"]()
            with pytest.raises(StudentError, match="ModuleNotFoundError"):
                found["module"]()
            session.close()
