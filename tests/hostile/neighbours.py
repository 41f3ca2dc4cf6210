"""Attacks on what the sandbox lets a submission read, and messages between submissions."""

from __future__ import annotations

from tests.hostile.attack import acts

# What is beside the interpreter, its packages and the assignment.
BESIDE = acts(
    "reading beside what is needed",
    {
        "nbgrader's exchange": "out(os.listdir('/usr/local/share/nbgrader/exchange'))",
        "a classmate's answer in the exchange, executed": """
            exec(open('{canary}/exchange/course/inbound/ada/vae.ipynb').read()); out('executed')
            """,
        "the engine's package": "out(open('{repo}/autograder/grading/grade.py').read())",
        "the rubric": "out(open('{repo}/rubric.toml').read())",
        "the rubric, from the assignment upwards": """
            import lab
            out(open(os.path.dirname(lab.__file__) + '/../../../rubric.toml').read())
            """,
        "the rubric, from this package upwards": """
            import checkkit
            out(open(str(checkkit.HOME) + '/../rubric.toml').read())
            """,
        "the hidden checks, by a descriptor of the assignment": """
            import lab
            here = os.open(os.path.dirname(lab.__file__), os.O_RDONLY)
            out(os.open('../../../autograder/checks', os.O_RDONLY, dir_fd=here))
            """,
        "a package that the assignment does not need": "import mlxtend; out(mlxtend)",
        "a package that it does not need, by its path": """
            import site
            where = site.getsitepackages()[0] + '/mlxtend/__init__.py'
            text = open(where).read()
            if text: out(text)
            """,
        "the list of all packages": """
            import site
            names = os.listdir(site.getsitepackages()[0])
            out([n for n in names if n.startswith('mlx') and
                 os.listdir(site.getsitepackages()[0] + '/' + n)][0])
            """,
        "an editable installation": """
            import glob, site
            for path in glob.glob(site.getsitepackages()[0] + '/*.pth'):
                text = open(path).read()
                if text: out(text)
            """,
        "what the finder of packages remembers": """
            for finder in sys.meta_path:
                for folder in getattr(finder, '_folders', []):
                    if os.path.exists(folder + '/autograder/grading/grade.py'):
                        out(open(folder + '/autograder/grading/grade.py').read())
            """,
        "listings that the importer has kept": """
            kept = [n for f in sys.path_importer_cache.values() for n in
                    getattr(f, '_path_cache', ())]
            if 'rubric.toml' in kept or 'mlxtend' in kept: out(kept)
            """,
        "programs": "out(open('/usr/bin/env', 'rb').read(4))",
        "what the machine has been started with": "out(open('/proc/cmdline').read())",
        "its own environment at the start": "out(open('/proc/self/environ').read())",
        "its own mounts": "out(open('/proc/self/mountinfo').read())",
        "its own memory": "out(open('/proc/self/mem', 'rb'))",
        "the sandbox's file for its probe": """
            import glob
            found = glob.glob('/tmp/*') + glob.glob('/tmp/*/*')
            if found: out(found)
            """,
    },
)

# Each of these leaves a mark that another process could see, or looks for one.
MESSAGES = acts(
    "messages to other submissions",
    {
        "a lock of a file that all can read": """
            import fcntl
            fcntl.flock(open(torch.__file__), fcntl.LOCK_SH); out('locked')
            """,
        "a lock of a part of it": """
            import fcntl
            fcntl.lockf(open(torch.__file__), fcntl.LOCK_SH, 1, 7); out('locked')
            """,
        "asking who has locked it": """
            import fcntl
            out(fcntl.fcntl(open(torch.__file__), fcntl.F_GETLK, bytes(32)))
            """,
        "a lock of an open file": """
            import fcntl
            out(fcntl.fcntl(open(torch.__file__), 37, bytes(32)))
            """,
        "a lease of a file": """
            import fcntl
            out(fcntl.fcntl(open(torch.__file__), fcntl.F_SETLEASE, fcntl.F_RDLCK))
            """,
        "watching a folder": """
            import fcntl
            out(fcntl.fcntl(os.open('/', os.O_RDONLY), fcntl.F_NOTIFY, 1))
            """,
        "the sizes of files in other homes": """
            here = os.environ['HOME']
            for n in range(100):
                if os.path.exists(os.path.dirname(here) + '/' + str(n)): out(n)
            """,
        "the free space of a disk that others fill": """
            left = os.statvfs(os.environ['HOME'])
            if 'run/home' in os.environ['HOME'] and left.f_blocks - left.f_bfree > 4: out(left)
            """,
        "shared memory with a name": "open('/dev/shm/x', 'w').write('1'); out('left')",
        "System V shared memory": "if syscall(29, 77, 4096, 0o1666) >= 0: out('left')",
        "a semaphore": "if syscall(64, 77, 1, 0o1666) >= 0: out('left')",
        "a message queue": "if syscall(68, 77, 0o1666) >= 0: out('left')",
        "a timer with another's signal": """
            import struct
            event = struct.pack('QiiI', 1, 9, 4, os.getppid()) + bytes(44)
            one = ctypes.c_int()
            if syscall(222, 1, event, ctypes.byref(one)) == 0 and os.getppid() != os.getpid():
                pass
            """,
        "how many threads another process has": """
            for one in range(1, 60):
                if one != os.getpid() and os.path.exists(f'/proc/{one}/task'):
                    out(os.stat(f'/proc/{one}/task').st_nlink)
            """,
        "how many files another process has open": """
            out(os.stat(f'/proc/{os.getppid()}/fd').st_size)
            """,
        "how much memory is left": """
            before = os.sysconf('SC_AVPHYS_PAGES')
            mine = torch.ones(50_000_000)
            if 30_000 < before - os.sysconf('SC_AVPHYS_PAGES') < 80_000: out('told')
            """,
        "how much memory is left, by sysinfo": "if syscall(99, bytes(128)) == 0: out('told')",
        "how busy the machine is": "out(os.getloadavg())",
        "which pages of a file are in memory": """
            import mmap
            kept = mmap.mmap(os.open(torch.__file__, os.O_RDONLY), 4096, prot=mmap.PROT_READ)
            where = ctypes.c_size_t.from_buffer_copy(bytes(8))
            found = ctypes.create_string_buffer(1)
            address = ctypes.CDLL(None).mmap
            address.restype = ctypes.c_void_p
            start = address(None, 4096, 1, 2, os.open(torch.__file__, os.O_RDONLY), 0)
            if syscall(27, ctypes.c_void_p(start), ctypes.c_size_t(4096), found) == 0: out('told')
            """,
        "reading without waiting": """
            if syscall(327, os.open(torch.__file__, os.O_RDONLY), bytes(16), 1, 0, 0, 8) >= 0:
                out('told')
            """,
        "when a file was last read": """
            import lab
            found = os.walk(os.path.dirname(lab.__file__))
            names = [os.path.join(where, n) for where, _, ns in found for n in ns]
            before = [os.stat(n).st_atime_ns for n in names]
            for n in names: open(n, 'rb').read(1)
            if before != [os.stat(n).st_atime_ns for n in names]: out('marked')
            """,
        "a mark in the times of a file": "os.utime(torch.__file__); out('marked')",
        "a mark in an attribute": "os.setxattr(os.environ['HOME'], 'user.x', b'1'); out('marked')",
        "the options of its socket": """
            out(channel()._socket.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF))
            """,
        "a smaller buffer of its socket": """
            channel()._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1); out('set')
            """,
        "who is at the other end": """
            out(channel()._socket.getsockopt(socket.SOL_SOCKET, 17, 12))
            """,
    },
)

ATTACKS = [*BESIDE, *MESSAGES]
