"""Attacks on things outside the sandbox: network, files, other processes, the kernel."""

from __future__ import annotations

from autograder.authoring.attacks import sources
from tests.hostile.attack import acts

NETWORK = acts(
    "network",
    sources.NETWORK
    | {
        "IPv6": "out(socket.socket(socket.AF_INET6).connect(('::1', {port})))",
        "a host name": "out(socket.getaddrinfo('example.org', 80))",
        "a raw socket": "out(socket.socket(socket.AF_INET, socket.SOCK_RAW))",
        "a socket passed to the grader": """
            one, two = socket.socketpair()
            socket.send_fds(channel()._socket, [b'x'], [one.fileno()]); out('passed')
            """,
        "a torch.distributed store": """
            from torch.distributed import TCPStore
            out(TCPStore('127.0.0.1', {port}, is_master=False))
            """,
        "5,000 descriptors passed to the grader": """
            mine = os.open('/dev/null', os.O_RDONLY)
            for _ in range(100): socket.send_fds(channel()._socket, [bytes(1)], [mine] * 50)
            """,
    },
)

READING = acts(
    "reading",
    sources.READS
    | sources.SUBMISSIONS
    | {
        "the solutions": "out(open('{repo}/solutions/reparameterize.py').read())",
        "the hidden checks": """
            out(open('{repo}/autograder/checks/vae_loss/check_vae_loss.py').read())
            """,
        "the held-out digits": "out(os.listdir('{repo}/autograder/checks/heldout'))",
        "the grader's environment": "out(os.environ['CANARY'])",
        "its own initial environment": """
            text = open('/proc/self/environ').read()
            if 'CANARY' in text: out(text)
            """,
        "the environment of process 1": "out(open('/proc/1/environ').read())",
        "the descriptors of its parent": "out(os.listdir(f'/proc/{os.getppid()}/fd'))",
        "importing the hidden checks": "import autograder.checks.vae_loss.oracles as o; out(o)",
        "importing the grader": "import autograder.grading.grade as g; out(g)",
        "everything below /": """
            for where, _, names in os.walk('/'):
                if 'gradebook.db' in names: out(where)
            """,
        "its parent's root folder": "out(open(f'/proc/{os.getppid()}/root{canary}/gradebook.db'))",
        "opening by file handle": "out(304) if syscall(304, -100, bytes(64), 0) >= 0 else None",
        "checks that are already imported": """
            found = [n for n in sys.modules if n.startswith(('autograder.checks', 'pytest'))]
            if found: out(found)
            """,
        "objects of the grader in memory": """
            kinds = ('Assignment', 'Session', 'Sandbox', 'CheckReport', 'CheckResult')
            found = [type(o).__name__ for o in gc.get_objects() if type(o).__name__ in kinds]
            if found: out(found)
            """,
    },
)

MEMORY = acts("memory of other processes", sources.MEMORY)

WRITING = acts(
    "writing",
    sources.WRITES
    | sources.SUBMISSION_WRITES
    | {
        "a symbolic link to the gradebook": """
            os.symlink('{canary}/gradebook.db', os.environ['HOME'] + '/x'); out('linked')
            """,
        "a package that everyone imports": "open(torch.__file__, 'a').write('#'); out('wrote')",
        "a start-up file": """
            import site
            open(site.getsitepackages()[0] + '/evil.pth', 'w').write('import os'); out('wrote')
            """,
        "the course's package": "open('{repo}/source/vae/lab/evil.py', 'w'); out('wrote')",
        "a named pipe": "os.mkfifo('x'); out('made')",
        "an extended attribute": "os.setxattr('.', 'user.x', b'x'); out('set')",
    },
)

PARENTS = acts(
    "signals and /proc",
    sources.SIGNALS
    | {
        "kill its parent": "os.kill(os.getppid(), 9); out('killed')",
        "kill all processes": "os.kill(-1, 9); out('killed')",
        "kill its group": "os.killpg(0, 9); out('killed')",
        "stop its parent": "os.kill(os.getppid(), signal.SIGSTOP); out('stopped')",
        "a signal by pidfd": """
            if syscall(424, syscall(434, os.getppid(), 0), 9, 0, 0) == 0: out('killed')
            """,
        "a signal by owning a pipe": """
            import fcntl
            r, w = os.pipe()
            fcntl.fcntl(r, 10, 9); fcntl.fcntl(r, 8, os.getppid())
            fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC)
            os.write(w, b'x'); out('sent')
            """,
        "a queued signal": "if syscall(129, os.getppid(), 9, bytes(128)) == 0: out('sent')",
        "its parent's CPU affinity": "os.sched_setaffinity(os.getppid(), {0}); out('pinned')",
        "its parent's priority": "os.setpriority(0, os.getppid(), 19); out('slowed')",
        "its parent's limits": """
            import resource
            resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1)); out('limited')
            """,
        "higher limits for itself": """
            import resource
            resource.setrlimit(resource.RLIMIT_AS, (-1, -1)); out('raised')
            """,
        "its parent's memory": """
            if syscall(311, os.getppid(), bytes(16), 1, bytes(16), 1, 0) >= 0: out('wrote')
            """,
        "ptrace": "out('traced') if syscall(101, 16, os.getppid(), 0, 0) == 0 else None",
        "its parent's OOM score": """
            open(f'/proc/{os.getppid()}/oom_score_adj', 'w').write('1000'); out('wrote')
            """,
    },
)

# Other system calls, by number (on x86-64; on other machines the numbers are other calls).
KERNEL = acts(
    "kernel",
    {
        name: f"out({number}) if syscall({number}, {arguments}) >= 0 else None"
        for name, (number, arguments) in {
            "unshare": (272, "0x10000000"),
            "setns": (308, "0, 0"),
            "mount": (165, "b'none', b'/tmp', b'tmpfs', 0, 0"),
            "chroot": (161, "b'/'"),
            "pivot_root": (155, "b'/', b'/'"),
            "bpf": (321, "0, bytes(128), 128"),
            "perf_event_open": (298, "bytes(128), 0, -1, -1, 0"),
            "userfaultfd": (323, "0"),
            "keyctl": (250, "0, -3, 1"),
            "setuid": (105, "0"),
            "capset": (126, "bytes(8), bytes(24)"),
            "personality": (135, "0x40000"),
            "setsid": (112, "0"),
            "clock_settime": (227, "0, bytes(16)"),
            "PR_SET_DUMPABLE": (157, "4, 1, 0, 0, 0"),
            "the x32 system calls": (0x40000000 + 57, "0"),
        }.items()
    },
)

ATTACKS = [*NETWORK, *READING, *MEMORY, *WRITING, *PARENTS, *KERNEL]
