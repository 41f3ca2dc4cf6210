"""What confinement prevents, with bubblewrap and without it, and on kernels with fewer layers."""

from __future__ import annotations

import socket
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from autograder.sandbox import Cell, Sandbox, StudentError, sandbox
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
