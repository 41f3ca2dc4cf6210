"""Attacks on the machine: exits, hangs, and excessive processes, memory, disk and output."""

from __future__ import annotations

from autograder.authoring.attacks import sources
from tests.hostile.attack import acts, cells

RIGHT = "\ndef reparameterize(mu, logvar): return right(mu, logvar)"

LEAVING = (
    acts(
        "early exits",
        {
            "exit status 0": "os._exit(0)",
            "sys.exit": "sys.exit(0)",
            "a keyboard interrupt": "raise KeyboardInterrupt",
            "a generator exit": "raise GeneratorExit",
            "abort": "os.abort()",
            "a null pointer": "ctypes.string_at(0)",
            "quick_exit": "ctypes.CDLL(None).quick_exit(0)",
            "unlimited recursion": """
            sys.setrecursionlimit(10**9)
            def deeper(n): return deeper(n + 1) + 1
            deeper(0)
            """,
            "all descriptors closed": "os.closerange(0, 256)",
            "the channel's socket closed": "channel()._socket.close()",
            "signal 9 from a timer": """
            event = (ctypes.c_int * 16)()
            event[2], event[3] = 9, 0
            timer = ctypes.c_void_p()
            libc = ctypes.CDLL(None)
            libc.timer_create(1, event, ctypes.byref(timer))
            libc.timer_settime(timer, 0, (ctypes.c_long * 4)(0, 0, 0, 1000), None)
            time.sleep(0.5)
            """,
        },
    )
    + cells(
        "early exits",
        {
            "an exit handler": "import atexit; atexit.register(os._exit, 0); exit()",
        },
    )
    + cells(
        "early exits",
        # Only that statement is left out: the definition below it earns what it deserves.
        {"os._exit while the cell is loaded": "os._exit(0)" + RIGHT},
        earns=None,
    )
)

HANGING = (
    acts(
        "hangs",
        {
            "a loop": "while True: pass",
            "a sleep": "time.sleep(10**6)",
            "one call of a C function": "sum(range(10**12))",
            "products of large matrices": "x = torch.ones(3000, 3000)\nwhile True: x @ x",
            "a regular expression": "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')",
            "a deadlock": "lock = threading.Lock(); lock.acquire(); lock.acquire()",
            "every signal ignored": """
            for number in range(1, 65):
                try: signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError): pass
            while True: pass
            """,
            "the grader's requests swallowed": "while True: os.read(fd(), 1 << 20)",
            "a frame sent byte by byte": """
            while True:
                os.write(fd(), bytes(1)); time.sleep(0.05)
            """,
            "a duplicate of the channel's socket": "channel()._socket.dup(); time.sleep(10**6)",
        },
    )
    + cells(
        "hangs",
        {
            "in backward": """
            class Slow(torch.autograd.Function):
                @staticmethod
                def forward(ctx, x): return x.clone()
                @staticmethod
                def backward(ctx, g):
                    while True: pass
            def reparameterize(mu, logvar): return Slow.apply(right(mu, logvar))
            """,
        },
        earns=1.5,
    )
    + cells(
        "hangs",
        {
            "while the cell is loaded": "while True: pass" + RIGHT,
            "in a default value": "def reparameterize(mu, logvar, x=time.sleep(10**6)): pass",
            "in __getattribute__": """
            class Slow:
                def __call__(self, mu, logvar): return right(mu, logvar)
                def __getattribute__(self, name): time.sleep(10**6)
            reparameterize = Slow()
            """,
        },
        earns=4.0,
    )
)

PROCESSES = acts(
    "processes and threads",
    sources.PROCESSES
    | {
        "a fork bomb": """
            while True:
                if os.fork() == 0: out("forked")
            """,
        "vfork by number": "out(58) if syscall(58) >= 0 else None",
        "clone without a thread": "out(56) if syscall(56, 17, 0, 0, 0, 0) >= 0 else None",
        "clone3": "out(435) if syscall(435, bytes(64) + b'\\x11' + bytes(23), 88) >= 0 else None",
        "a thousand busy threads": """
            threading.stack_size(1 << 16)
            def spin():
                while True: pass
            for _ in range(1000): threading.Thread(target=spin, daemon=True).start()
            """,
        "io_uring": "out(425) if syscall(425, 8, bytes(120)) >= 0 else None",
    },
)

MEMORY = acts(
    "memory",
    {
        "one large block": "x = bytearray(1 << 40)",
        "an endless list": "x = []\nwhile True: x.append(bytes(1 << 20))",
        "a string that doubles": "x = 'x'\nwhile True: x += x",
        "a tensor": "x = torch.ones(10**11)",
        "endless tensors": "x = []\nwhile True: x.append(torch.ones(1 << 18))",
        "a shared mapping": """
            import mmap
            x = [mmap.mmap(-1, 1 << 28) for _ in range(64)]
            for one in x: one.write(bytes(1 << 28))
            """,
        "memfd_create": "out(os.memfd_create('x'))",
        "locked memory": "out('locked') if ctypes.CDLL(None).mlockall(3) == 0 else None",
        "cycles that are never collected": """
            gc.disable()
            while True:
                x = [bytes(1 << 20)]; x.append(x)
            """,
    },
)

DISK = acts(
    "disk",
    {
        "one large file": """
            with open(os.environ['HOME'] + '/x', 'wb') as file:
                while True: file.write(bytes(1 << 20))
            """,
        "many large files": """
            for n in range(1000):
                with open(f"{os.environ['HOME']}/{n}", 'wb') as file: file.write(bytes(1 << 24))
            """,
        "endless files": """
            n = 0
            while True:
                n += 1; os.close(os.open(f"{os.environ['HOME']}/{n}", os.O_CREAT | os.O_WRONLY))
            """,
        "5,000 nested folders": """
            os.chdir(os.environ['HOME'])
            for _ in range(5000):
                os.mkdir('d'); os.chdir('d')
            """,
        "unreadable folders": """
            os.chdir(os.environ['HOME'])
            for n in range(50):
                os.mkdir(f'{n}'); os.close(os.open(f'{n}/x', os.O_CREAT)); os.umask(0o777)
                os.mkdir(f'{n}/shut')
            """,
        "file names of 255 characters": """
            for n in range(500): open(f"{os.environ['HOME']}/{n:0>255}", 'w').close()
            """,
        "shared memory": "out(open('/dev/shm/x', 'wb').write(bytes(10)))",
        "the shared temporary folder": "out(open('/tmp/x', 'wb').write(bytes(10)))",
        "the folder of another worker": """
            for name in os.listdir('/tmp'):
                if '/tmp/' + name != os.environ['HOME']: out(os.listdir('/tmp/' + name))
            """,
    },
)

OUTPUT = acts(
    "output",
    {
        "50 MB on stdout": "print('x' * 50_000_000)",
        "endless stderr": "while True: os.write(2, bytes(1 << 20))",
        "20,000 warnings": """
            import warnings
            for n in range(20_000): warnings.warn(f'{n}')
            """,
        "lines that look like results": """
            print('{"schema": 1, "status": "graded", "score": 100.0}')
            os.write(1, b'check_shape_matches_mu PASSED\\n1 passed in 0.01s\\n')
            """,
    },
)

ATTACKS = [*LEAVING, *HANGING, *PROCESSES, *MEMORY, *DISK, *OUTPUT]
