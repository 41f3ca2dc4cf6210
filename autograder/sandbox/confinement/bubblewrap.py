"""The grader's side of confinement: what the room is made of, decided before it is entered.

bubblewrap gives the zygote a file system with the interpreter, its packages and the worker's code
in it, and no network, no other process and no environment. The system-call filter is compiled here,
by libseccomp, because compiling needs what the room is not to have; workers only load it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import site
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import checkkit

TMP_BYTES = 64 * 2**20  # of files that one room may hold, all its workers together

# What an interpreter, torch and NumPy need once they run; found by running every solution and every
# alternative under a filter that logs. Threads are `clone` with CLONE_THREAD and nothing else.
# No times, modes, owners, attributes: Landlock lets them be changed outside of the room, too.
ALLOWED = (
    *(
        "read",
        "write",
        "readv",
        "writev",
        "pread64",
        "pwrite64",
        "preadv",
        "pwritev",
        "lseek",
        "close",
        "close_range",
    ),
    *(
        "open",
        "openat",
        "stat",
        "fstat",
        "lstat",
        "newfstatat",
        "statx",
        "statfs",
        "fstatfs",
        "access",
        "faccessat",
        "faccessat2",
    ),
    *("readlink", "readlinkat", "getdents", "getdents64", "getcwd", "chdir", "fchdir"),
    *(
        "mkdir",
        "mkdirat",
        "rmdir",
        "unlink",
        "unlinkat",
        "rename",
        "renameat",
        "renameat2",
        "truncate",
        "ftruncate",
        "fallocate",
    ),
    *("fsync", "fdatasync", "umask", "flock", "copy_file_range", "sendfile"),
    *(
        "dup",
        "dup2",
        "dup3",
        "pipe",
        "pipe2",
        "poll",
        "ppoll",
        "select",
        "pselect6",
        "eventfd2",
    ),
    *("epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2"),
    *(
        "recvfrom",
        "recvmsg",
        "sendto",
        "sendmsg",
        "shutdown",
        "getsockopt",
        "setsockopt",
        "getsockname",
        "getpeername",
    ),
    *("mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "mincore", "msync", "membarrier"),
    *("futex", "futex_waitv", "set_robust_list", "get_robust_list", "rseq", "set_tid_address"),
    *(
        "rt_sigaction",
        "rt_sigprocmask",
        "rt_sigreturn",
        "rt_sigpending",
        "rt_sigtimedwait",
        "sigaltstack",
    ),
    *(
        "sched_yield",
        "sched_getaffinity",
        "sched_getparam",
        "sched_getscheduler",
    ),
    *("sched_get_priority_max", "sched_get_priority_min", "getcpu", "getpriority"),
    *(
        "getpid",
        "getppid",
        "gettid",
        "getuid",
        "geteuid",
        "getgid",
        "getegid",
        "getgroups",
        "getpgid",
        "getpgrp",
        "getsid",
    ),
    *("getresuid", "getresgid", "getrlimit", "getrusage", "times", "sysinfo", "uname", "capget"),
    *("clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time"),
    *("setitimer", "getitimer", "alarm", "pause", "timer_create", "timer_settime", "timer_delete"),
    *("getrandom", "arch_prctl", "restart_syscall", "exit", "exit_group"),
)

# Copy, flags and locks. Not F_SETOWN and F_SETSIG: with them the kernel sends any signal to anyone.
FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)


@dataclass(frozen=True)
class Walls:
    """What a room is built with.

    Attributes:
        prefix: What its command line begins with: bubblewrap and its options, or nothing.
        readable: What its processes may read.
        filter: The compiled system-call filter, or nothing where it cannot be compiled.
        scratch: The folder for its processes' own folders, as they see it.
        boxed: Whether bubblewrap is around it.
    """

    prefix: list[str]
    readable: list[str]
    filter: bytes
    scratch: str
    boxed: bool


def build(path: Sequence[Path], scratch: str, *, confine: bool) -> Walls:
    """Return the walls of a room whose submissions may import from `path`."""
    readable = [str(p) for p in (*_system(), *_interpreter(), *_ourselves(), *path)]
    if not confine:
        return Walls([], readable, b"", scratch, boxed=False)
    bwrap = shutil.which("bwrap") if sys.platform == "linux" else None
    prefix = _bubblewrap(bwrap, readable) if bwrap else []
    if prefix and _works(prefix):
        return Walls(prefix, readable, compile_filter(), "/tmp", boxed=True)  # noqa: S108 - its own
    return Walls([], readable, compile_filter(), scratch, boxed=False)


def _works(prefix: Sequence[str]) -> bool:
    """Say whether bubblewrap may do here what it is to do; in many containers it may not."""
    command = [*prefix, sys.executable, "-I", "-S", "-c", ""]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own


def _system() -> list[Path]:
    names = ("usr", "lib", "lib32", "lib64", "bin", "sbin", "etc/ld.so.cache", "etc/ld.so.conf")
    more = ("etc/ld.so.conf.d", "etc/fonts", "etc/localtime", "etc/alternatives", "proc/self")
    devices = ("dev/null", "dev/zero", "dev/urandom", "dev/random", "sys/devices/system/cpu")
    return [Path("/") / name for name in (*names, *more, *devices, "proc/cpuinfo", "proc/meminfo")]


def _interpreter() -> list[Path]:
    """Return the folders of the running interpreter and its packages, wherever they lie."""
    found = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent]
    # Not these folders as a whole: an interpreter in ~/bin would lay open the home around it.
    found = [p / name for p in found for name in ("bin", "lib", "lib64", "pyvenv.cfg")]
    found += [Path(sysconfig.get_path("stdlib")), Path(sys.executable), *map(Path, site_folders())]
    unique = dict.fromkeys(p.resolve() for p in found) | dict.fromkeys(found)
    return [p for p in unique if p.exists() and not p.is_relative_to("/usr")]


def site_folders() -> list[str]:
    """Return the folders with installed packages, also what .pth files and `pip --user` added.

    Nothing else of sys.path: it may lead to a course, answers and all.
    """
    added = [path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}]
    return list(dict.fromkeys([*site.getsitepackages(), *added]))


def _ourselves() -> list[Path]:
    """Return the sandbox, `checkkit`, and of the package around the sandbox only its name."""
    sandbox = Path(__file__).resolve().parents[1]
    return [sandbox, sandbox.parent / "__init__.py", checkkit.HOME]


def _bubblewrap(bwrap: str, readable: Sequence[str]) -> list[str]:
    mounts = [path for path in readable if not path.startswith(("/dev", "/proc"))]
    # Within another of them it is there already, and bubblewrap cannot mount over a link.
    mounts = [path for path in mounts if not any(str(up) in mounts for up in Path(path).parents)]
    binds = [word for path in sorted(set(mounts)) for word in ("--ro-bind-try", path, path)]
    # Only for the zygote's first act where it starts as root.
    become_nobody = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    return [
        bwrap,
        *(
            "--unshare-ipc",
            "--unshare-net",
            "--unshare-pid",
            "--unshare-uts",
            "--unshare-cgroup-try",
        ),
        *("--new-session", "--cap-drop", "ALL"),
        *(become_nobody if os.geteuid() == 0 else ()),
        *("--proc", "/proc", "--dev", "/dev", "--size", str(TMP_BYTES), "--perms", "1777"),
        # Before the binds: a course or an interpreter may itself lie under /tmp.
        *("--tmpfs", "/tmp", *binds, "--remount-ro", "/", "--chdir", "/tmp"),  # noqa: S108 - its own
        "--",
    ]


def compile_filter() -> bytes:
    """Return the system-call filter as BPF, or nothing where libseccomp is missing."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):
        return b""
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in ALLOWED:
        with contextlib.suppress(OSError):  # a name that this architecture or libseccomp lacks
            rules.add_rule(pyseccomp.ALLOW, name)
    thread = 0x10000  # CLONE_THREAD
    rules.add_rule(pyseccomp.ALLOW, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, thread, thread))
    # glibc tries clone3 first, whose flags a filter cannot read, and falls back on ENOSYS only.
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    rules.add_rule(pyseccomp.ALLOW, "prlimit64", pyseccomp.Arg(2, pyseccomp.EQ, 0))  # only to ask
    # On processors of one's own choice only oneself may be put.
    rules.add_rule(pyseccomp.ALLOW, "sched_setaffinity", pyseccomp.Arg(0, pyseccomp.EQ, 0))
    for command in FCNTL:
        rules.add_rule(pyseccomp.ALLOW, "fcntl", pyseccomp.Arg(1, pyseccomp.EQ, command))
    for request in (0x5401, 0x5421, 0x541B):  # is it a terminal? do not block; how much is there?
        rules.add_rule(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, pyseccomp.EQ, request))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
