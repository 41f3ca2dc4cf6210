"""Attacks on what lies outside: network, files to read and write, other processes, the kernel."""

from __future__ import annotations

from tests.hostile.attack import acts

NETWORK = acts(
    "network",
    {
        "TCP": "out(socket.create_connection(('127.0.0.1', {port}), 1))",
        "UDP": "out(socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port})))",
        "IPv6": "out(socket.socket(socket.AF_INET6).connect(('::1', {port})))",
        "a name": "out(socket.getaddrinfo('example.org', 80))",
        "a web page": """
            import urllib.request
            out(urllib.request.urlopen('http://127.0.0.1:{port}/', timeout=1))
            """,
        "a socket with an abstract name": """
            one = socket.socket(socket.AF_UNIX); one.bind('\\0{port}'); out(one)
            """,
        "a listener of its own": "out(socket.create_server(('127.0.0.1', 0)))",
        "a raw socket": "out(socket.socket(socket.AF_INET, socket.SOCK_RAW))",
        "a pair of sockets to pass on": """
            one, two = socket.socketpair()
            socket.send_fds(channel()._socket, [b'x'], [one.fileno()]); out('passed')
            """,
        "torch's own store": """
            from torch.distributed import TCPStore
            out(TCPStore('127.0.0.1', {port}, is_master=False))
            """,
        "descriptors passed to the grader": """
            mine = os.open('/dev/null', os.O_RDONLY)
            for _ in range(100): socket.send_fds(channel()._socket, [bytes(1)], [mine] * 50)
            """,
    },
)

READING = acts(
    "reading",
    {
        "the gradebook": "out(open('{canary}/gradebook.db').read())",
        "the solutions": "out(open('{repo}/solutions/reparameterize.py').read())",
        "the staff checks": "out(open('{repo}/autograder/checks/vae_loss/check_vae_loss.py').read())",
        "the held-back digits": "out(os.listdir('{repo}/autograder/checks/heldout'))",
        "another submission": "out(open('{canary}/submitted/ada/vae/vae.ipynb').read())",
        "the home of whoever grades": "out(os.listdir('{home}'))",
        "the accounts": "out(open('/etc/passwd').read())",
        "the grader's environment": "out(os.environ['CANARY'])",
        "the environment that it was started in": """
            text = open('/proc/self/environ').read()
            if 'CANARY' in text: out(text)
            """,
        "the environment of process 1": "out(open('/proc/1/environ').read())",
        "the memory of its parent": "out(open(f'/proc/{os.getppid()}/mem', 'rb'))",
        "the descriptors of its parent": "out(os.listdir(f'/proc/{os.getppid()}/fd'))",
        "the staff checks by import": "import autograder.checks.oracles as o; out(o)",
        "the grading by import": "import autograder.grading.grade as g; out(g)",
        "everything below /": """
            for where, _, names in os.walk('/'):
                if 'gradebook.db' in names: out(where)
            """,
        "the way up from its folder": "out(open('../../../../../../{canary}/gradebook.db').read())",
        "another root in /proc": "out(open(f'/proc/{os.getppid()}/root{canary}/gradebook.db'))",
        "a handle by its number": "out(304) if syscall(304, -100, bytes(64), 0) >= 0 else None",
        "checks that were imported already": """
            found = [n for n in sys.modules if n.startswith(('autograder.checks', 'pytest'))]
            if found: out(found)
            """,
        "objects of the grader's in memory": """
            found = [type(o).__name__ for o in gc.get_objects()
                     if type(o).__name__ in ('Assignment', 'Session', 'Sandbox', 'CheckResult')]
            if found: out(found)
            """,
    },
)

WRITING = acts(
    "writing",
    {
        "into the gradebook": "open('{canary}/gradebook.db', 'w').write('100'); out('wrote')",
        "appending": "open('{canary}/gradebook.db', 'a').write('100'); out('wrote')",
        "truncating": "os.truncate('{canary}/gradebook.db', 0); out('cut')",
        "deleting": "os.remove('{canary}/gradebook.db'); out('gone')",
        "renaming": "os.rename('{canary}/gradebook.db', '{canary}/x'); out('moved')",
        "changing modes": "os.chmod('{canary}', 0); out('shut')",
        "touching": "os.utime('{canary}/gradebook.db'); out('touched')",
        "a link to it": """
            os.symlink('{canary}/gradebook.db', os.environ['HOME'] + '/x'); out('linked')
            """,
        "a hard link to it": "os.link('{canary}/gradebook.db', 'x'); out('linked')",
        "another submission": "open('{canary}/submitted/ada/vae/vae.ipynb', 'w'); out('wrote')",
        "a result file": "open('{canary}/results/ada.json', 'w').write('{}'); out('wrote')",
        "a package that all import": "open(torch.__file__, 'a').write('#'); out('wrote')",
        "a start-up file": """
            import site
            open(site.getsitepackages()[0] + '/evil.pth', 'w').write('import os'); out('wrote')
            """,
        "the lab that all import": "open('{repo}/source/vae/lab/evil.py', 'w'); out('wrote')",
        "a pipe with a name": "os.mkfifo('x'); out('made')",
        "an attribute": "os.setxattr('.', 'user.x', b'x'); out('set')",
    },
)

PARENTS = acts(
    "signals and /proc",
    {
        "kill its parent": "os.kill(os.getppid(), 9); out('killed')",
        "kill everyone": "os.kill(-1, 9); out('killed')",
        "kill its group": "os.killpg(0, 9); out('killed')",
        "stop its parent": "os.kill(os.getppid(), signal.SIGSTOP); out('stopped')",
        "a signal by descriptor": """
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
        "its parent's processors": "os.sched_setaffinity(os.getppid(), {0}); out('pinned')",
        "its parent's priority": "os.setpriority(0, os.getppid(), 19); out('slowed')",
        "its parent's limits": """
            import resource
            resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1)); out('limited')
            """,
        "higher limits for itself": """
            import resource
            resource.setrlimit(resource.RLIMIT_AS, (-1, -1)); out('raised')
            """,
        "another's memory": """
            if syscall(311, os.getppid(), bytes(16), 1, bytes(16), 1, 0) >= 0: out('wrote')
            """,
        "ptrace": "out('traced') if syscall(101, 16, os.getppid(), 0, 0) == 0 else None",
        "the score of the memory killer": """
            open(f'/proc/{os.getppid()}/oom_score_adj', 'w').write('1000'); out('wrote')
            """,
    },
)

# What else the kernel offers to who asks by number (x86-64; elsewhere other calls are tried).
KERNEL = acts(
    "the kernel",
    {
        name: f"out({number}) if syscall({number}, {arguments}) >= 0 else None"
        for name, (number, arguments) in {
            "unshare": (272, "0x10000000"),
            "setns": (308, "0, 0"),
            "mount": (165, "b'none', b'/tmp', b'tmpfs', 0, 0"),
            "chroot": (161, "b'/'"),
            "pivot_root": (155, "b'/', b'/'"),
            "a program for the kernel": (321, "0, bytes(128), 128"),
            "performance counters": (298, "bytes(128), 0, -1, -1, 0"),
            "page faults by hand": (323, "0"),
            "keys": (250, "0, -3, 1"),
            "becoming root": (105, "0"),
            "capabilities": (126, "bytes(8), bytes(24)"),
            "another personality": (135, "0x40000"),
            "a new session": (112, "0"),
            "the clock": (227, "0, bytes(16)"),
            "turning off its dumps' protection": (157, "4, 1, 0, 0, 0"),
            "the 32-bit way in": (0x40000000 + 57, "0"),
        }.items()
    },
)

ATTACKS = [*NETWORK, *READING, *WRITING, *PARENTS, *KERNEL]
