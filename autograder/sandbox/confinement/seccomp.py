"""Compile the system-call filter, with libseccomp.

The grader compiles it, because compiling needs libseccomp, which workers need not reach. Each
worker loads the compiled program into the kernel; see `lockdown`.
"""

from __future__ import annotations

import contextlib
import errno
import tempfile

# What an interpreter, torch and NumPy need while they run. The list was found by running every
# solution and every alternative under a filter that logs. Excluded are
# - calls that change a file's times, mode, owner or attributes: Landlock does not restrict them, so
#   they would also work on files outside the sandbox. Before version 3 it does not restrict
#   truncation either;
# - what two workers could talk through: locks of files that both can read, which of their pages are
#   in memory (mincore), how much memory the machine has left (sysinfo);
# - sockets, and with them what only a socket has: options, names, connections.
_ALLOWED = """
    read write readv writev pread64 pwrite64 preadv pwritev lseek close close_range
    stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2
    readlink readlinkat getdents getdents64 getcwd chdir fchdir
    mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 ftruncate fallocate
    fsync fdatasync umask copy_file_range sendfile
    dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 eventfd2
    epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    recvfrom recvmsg sendto sendmsg shutdown
    mmap munmap mremap mprotect madvise brk msync membarrier
    futex futex_waitv set_robust_list get_robust_list rseq set_tid_address
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait sigaltstack
    sched_yield sched_getaffinity sched_getparam sched_getscheduler
    sched_get_priority_max sched_get_priority_min getcpu getpriority
    getpid getppid gettid getuid geteuid getgid getegid getgroups getpgid getpgrp getsid
    getresuid getresgid getrlimit getrusage times uname capget
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time
    setitimer getitimer alarm pause
    getrandom arch_prctl restart_syscall exit exit_group
""".split()  # noqa: SIM905 - a list would take a line for each of 130 names
# fcntl: copying descriptors, and flags. Not F_SETOWN and F_SETSIG: with them the kernel sends any
# signal to any process. Not locks and leases.
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030)
# open: flags that truncate are allowed only together with write-only or read-write access, which
# Landlock checks. Before version 3, Landlock lets an open for reading truncate a file that may only
# be read, and an open in the fourth mode (neither reading nor writing) truncate any file.
_TRUNCATE, _OPENED_FOR = 0o1000, 0o3
_OPEN_FLAGS = (
    (_TRUNCATE, 0),
    (_TRUNCATE | _OPENED_FOR, _TRUNCATE | 0o1),
    (_TRUNCATE | _OPENED_FOR, _TRUNCATE | 0o2),
)
_IOCTL_REQUESTS = (0x5401, 0x5421, 0x541B)  # TCGETS (for isatty), FIONBIO, FIONREAD
_CLONE_THREAD = 0x10000


def compile_filter() -> bytes:
    """Return the filter as a BPF program; empty if libseccomp is missing."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):
        return b""
    allow, argument, equal = pyseccomp.ALLOW, pyseccomp.Arg, pyseccomp.EQ
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in _ALLOWED:
        with contextlib.suppress(OSError):  # unknown to this architecture or this libseccomp
            rules.add_rule(allow, name)
    # clone may create threads only, no processes.
    is_thread = argument(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD)
    rules.add_rule(allow, "clone", is_thread)
    # glibc tries clone3 first, whose flags a filter cannot read; it falls back on ENOSYS only.
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    rules.add_rule(allow, "prlimit64", argument(2, equal, 0))  # no new limit: reading only
    rules.add_rule(allow, "sched_setaffinity", argument(0, equal, 0))  # of the caller only
    for position, call in ((1, "open"), (2, "openat")):
        for mask, value in _OPEN_FLAGS:
            with contextlib.suppress(OSError):  # ARM has no open
                rules.add_rule(allow, call, argument(position, pyseccomp.MASKED_EQ, mask, value))
    for command in _FCNTL_COMMANDS:
        rules.add_rule(allow, "fcntl", argument(1, equal, command))
    for request in _IOCTL_REQUESTS:
        rules.add_rule(allow, "ioctl", argument(1, equal, request))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
