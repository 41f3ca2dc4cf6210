"""What the zygote and its workers do to confine themselves.

The zygote calls `confine_zygote` once. Every worker calls `confine_worker` before it runs any of a
submission's code. Neither can be undone. `probe` tries what a worker can still do.
"""

from __future__ import annotations

import ctypes
import functools
import os
import resource
import struct
import sys
from contextlib import suppress
from pathlib import Path

from autograder.sandbox.confinement import landlock, private_mounts
from autograder.sandbox.confinement.plan import Plan

FILE_BYTES = 64 * 2**20  # of one file
OPEN_FILES = 256
TASKS = 128  # maximum tasks per uid, beyond the zygote's count; workers are single-threaded
NOBODY = 65534

_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3, _CAP_SETFCAP = 0x20080522, 1 << 31


def confine_zygote(plan: Plan) -> None:
    """Drop root, for good, and count this user's tasks, on which every worker's limit is based."""
    _drop_root(plan)
    _tasks()
    if sys.platform == "linux":
        _prctl(_PR_SET_DUMPABLE, 0)  # no process of the same user may read or write its memory


def _drop_root(plan: Plan) -> None:
    """Become the user nobody and give up every capability, if this process is root.

    If the user nobody could not read the interpreter (it is in root's home folder, and there is no
    bubblewrap to mount it elsewhere), the process stays root, with one capability: without it, root
    cannot have a user namespace in which it owns files. Workers give up this capability.
    """
    if os.geteuid() != 0:
        return
    becomes_nobody = all(_everyone_may_enter(Path(p)) for p in plan.readable if Path(p).exists())
    if becomes_nobody:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    if sys.platform == "linux":
        _drop_capabilities(keep=0 if becomes_nobody else _CAP_SETFCAP)


def _drop_capabilities(keep: int = 0) -> None:
    """Give up all capabilities, except those in a mask of the first 32."""
    this_process = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    kept = struct.pack("6I", keep, keep, 0, 0, 0, 0)  # effective, permitted, inheritable; twice
    if ctypes.CDLL(None, use_errno=True).capset(this_process, kept) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _everyone_may_enter(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in path.parents)


def prepare(plan: Plan) -> landlock.Ruleset | None:
    """Return what the zygote's workers may open, to be passed to `confine_worker`."""
    if not plan.confine or sys.platform != "linux":
        return None
    return landlock.Ruleset(plan.readable, ["/dev/null"], plan.landlock_abi)


def confine_worker(plan: Plan, ruleset: landlock.Ruleset | None, number: int = 0) -> None:
    """Confine this process, a new worker, for good.

    Args:
        plan: What the grader has decided.
        ruleset: What `prepare` returned.
        number: Names the folder of an unconfined worker.
    """
    if plan.confine:
        _limit_resources(plan.memory_bytes)  # reads /proc, which is covered next
    home, may_write = plan.home, False
    if ruleset is not None:
        may_write = _make_private(plan)
        if may_write:
            ruleset.allow_writing(home)
    elif not plan.confine:
        home = home_of(plan, number)
        with suppress(OSError):  # another worker has filled the disk: no home then
            Path(home).mkdir()
            may_write = True
    os.chdir(home if may_write else "/")
    os.environ.clear()
    os.environ.update(HOME=home, TMPDIR=home, PATH="/usr/bin:/bin", OMP_NUM_THREADS="1")
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    if ruleset is not None:
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        ruleset.restrict()
        if plan.seccomp_filter:
            _load_filter(plan.seccomp_filter)


def home_of(plan: Plan, number: int) -> str:
    """Return the folder of an unconfined worker."""
    return str(Path(plan.home) / str(number))


def _make_private(plan: Plan) -> bool:
    """Return whether this process has a home folder of its own; drop all capabilities."""
    _prctl(_PR_SET_DUMPABLE, 1)  # only then may it write to its own files in /proc
    try:
        return plan.private_mounts and private_mounts.make_private(plan.home)
    finally:
        _drop_capabilities()
        _prctl(_PR_SET_DUMPABLE, 0)


def _limit_resources(memory_bytes: int) -> None:
    size = _address_space()
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size + memory_bytes, size + memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    tasks = TASKS + _tasks()
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    tasks = tasks if hard == resource.RLIM_INFINITY else min(tasks, hard)
    resource.setrlimit(resource.RLIMIT_NPROC, (tasks, tasks))


@functools.cache
def _tasks() -> int:
    """Return how many processes and threads this user had at the first call; 0 without /proc.

    Cached: the zygote counts once, and its workers inherit the number.
    """
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if process.stat().st_uid == os.getuid():
                count += sum(1 for _ in (process / "task").iterdir())
    return count


def _address_space() -> int:
    """Return the size of this process in bytes; 0 without /proc."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()


def _prctl(option: int, *values: object) -> None:
    arguments = [*values, *(ctypes.c_ulong(0),) * (4 - len(values))]
    if ctypes.CDLL(None, use_errno=True).prctl(option, *arguments) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


class _FilterProgram(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _load_filter(bpf: bytes) -> None:
    program = _FilterProgram(len(bpf) // 8, bpf)  # an instruction has 8 bytes
    _prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), ctypes.byref(program))
