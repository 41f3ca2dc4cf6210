"""Attacks on the grade: monkey-patching, forged frames, answers that detect the grader."""

from __future__ import annotations

from autograder.authoring.attacks import sources
from tests.hostile.attack import acts, body_of, cells

WRONG = "\ndef reparameterize(mu, logvar): return mu.clone()"
# `return mu` has the right shape; no other check may accept it.
SHAPE_ONLY = 0.5

PATCHING = cells(
    "monkey-patching",
    {name: source + WRONG for name, source in sources.PATCHES.items()}
    | {
        "assertions": (
            "class Never(BaseException): pass\n"
            "import builtins; builtins.AssertionError = Never" + WRONG
        ),
        "an import hook": (
            "class Hook:\n"
            "    def find_spec(self, name, *rest): os._exit(0) if 'check' in name else None\n"
            "sys.meta_path.insert(0, Hook())" + WRONG
        ),
        "an exit handler": "import atexit; atexit.register(print, 'score 100')" + WRONG,
        "a thread that patches torch during later checks": (
            "def later():\n"
            "    while True:\n"
            "        time.sleep(0.01); torch.randn_like = lambda x: torch.zeros_like(x)\n"
            "threading.Thread(target=later, daemon=True).start()" + WRONG
        ),
        "a thread that writes into the channel": (
            "def later():\n"
            "    while True: time.sleep(0.01); os.write(fd(), bytes(8))\n"
            "threading.Thread(target=later, daemon=True).start()" + WRONG
        ),
        "the worker's connection": (
            "from autograder.sandbox.rpc import connection, watch\n"
            "import gc\n"
            "watch._same_bytes = lambda *a: True\n"
            "(one,) = (x for x in gc.get_objects() if isinstance(x, connection.Connection))\n"
            "one._handlers['call'] = lambda **k: {'result': k['args'][0], 'mutated': [],"
            " 'state': [], 'tape': None}" + WRONG
        ),
        "the seed": "torch.manual_seed = lambda *a: None\nrandom = None" + WRONG,
        "a tracer": "sys.settrace(lambda *a: os._exit(0)); sys.setprofile(None)" + WRONG,
        "the report on its own names": (
            "from autograder.sandbox.worker import worker\n"
            "worker.Worker.finish = lambda self, **k: {'reparameterize': 'x' * 10**6}" + WRONG
        ),
    },
    earns=SHAPE_ONLY,
)

FORGE = """\
def reparameterize(mu, logvar):
    one = channel()
    {body}
"""
FRAMES = cells(
    "forged frames",
    {name: body_of("reparameterize", source) for name, source in sources.FRAMES.items()}
    | {
        name: FORGE.replace("{body}", body)
        for name, body in {
            "a header with unclosed brackets": (
                "head = b'[' * 1_000_000\n    import struct\n"
                "    os.write(fd(), struct.pack('>II', len(head), 0)); one._socket.sendall(head)"
            ),
            "a tensor of another size than announced": (
                "one.send({'content': {'tensor': 0}, 'x': 1}, [mu]); os.write(fd(), b'{}')"
            ),
            "an exception with a list as its type": (
                "one.send({'raised': {'kind': ['x'] * 10**5, 'text': {'a': 1}}}, []); time.sleep(9)"
            ),
            "a deeply nested exception": (
                "x = []\n    for _ in range(900): x = [x]\n"
                "    one.send({'raised': {'kind': x, 'text': x}}, []); time.sleep(9)"
            ),
            "endless requests": (
                "while True: one.send({'ask': 'mode', 'content': {'dict': {}}, 'drop': []}, [])"
            ),
            "an optimizer in the grader": (
                "one.send({'ask': 'optimize', 'content': {'dict': {'target': {'home': 0},"
                " 'lr': 1e9, 'changes': None}}}, []); print(one.receive()); return mu"
            ),
            "a loop in the grader": (
                "one.send({'ask': 'begin_loop', 'content': {'dict': {'target': {'home': 0},"
                " 'source': 'import os; os._exit(1)', 'function': 'x', 'args': [], 'changes': []}}"
                "}, []); print(one.receive()); return mu"
            ),
            "a gradient of an unknown tape": (
                "one.send({'ask': 'gradient', 'content': {'dict': {'tape': 7, 'gradients': None}}},"
                " []); one.receive(); return mu"
            ),
            "a copy of a module that was never passed": (
                "one.send({'ask': 'copy', 'content': {'dict': {'changes': None, 'target':"
                " {'module': 0, 'kinds': [], 'parameters': [], 'buffers': []}}}}, [])\n"
                "    print(one.receive()); return mu"
            ),
            "the mode of an object that is no module": (
                "one.send({'ask': 'set_mode', 'content': {'dict': {'part': '__class__', 'mode': 1,"
                " 'target': {'tensor': 0}}}}, [mu])\n    print(one.receive()); return mu"
            ),
            "nested requests": (
                "ask = {'ask': 'mode', 'content': {'dict': {'part': '', 'target': {'module': 0,"
                " 'kinds': [], 'parameters': [], 'buffers': []}}}}\n"
                "    while True: one.send(dict(ask), [])"
            ),
            "a module with 200,000 parts": (
                "kinds = [['a', 'Linear']] * 200_000\n"
                "    one.send({'content': {'dict': {'result': {'module': 0, 'kinds': kinds,"
                " 'parameters': [], 'buffers': []}, 'mutated': {'list': []}, 'state':"
                " {'list': []}, 'tape': None}}}, []); time.sleep(9)"
            ),
            "a module nested 1,000 deep": (
                "kinds = [['.'.join('a' * n), 'Sequential'] for n in range(1, 1000)]\n"
                "    one.send({'content': {'dict': {'result': {'module': 0, 'kinds': kinds,"
                " 'parameters': [], 'buffers': []}, 'mutated': {'list': []}, 'state':"
                " {'list': []}, 'tape': None}}}, []); time.sleep(9)"
            ),
            "150,000 opaque objects": (
                "many = [{'opaque': str(n)} for n in range(150_000)]\n"
                "    one.send({'content': {'list': many}}, []); time.sleep(9)"
            ),
            "300,000 tapes to drop": (
                "one.send({'content': None, 'drop': list(range(300_000))}, []); time.sleep(9)"
            ),
            "changes to inputs that do not exist": (
                "one.send({'content': {'dict': {'result': {'tensor': 0}, 'mutated': {'list':"
                " [{'tuple': [99, {'tensor': 0}]}]}, 'state': {'list': []}, 'tape': 3}}}, [mu])\n"
                "    time.sleep(9)"
            ),
            "inputs changed to integers": (
                "one.send({'content': {'dict': {'result': {'tensor': 0}, 'mutated': {'list':"
                " [{'tuple': [0, {'tensor': 1}]}]}, 'state': {'list': []}, 'tape': 3}}},"
                " [mu, torch.ones(1, dtype=torch.int64)]); time.sleep(9)"
            ),
            "a tape without results": (
                "one.send({'content': {'dict': {'result': 1, 'mutated': {'list': []}, 'state':"
                " {'list': []}, 'tape': 3}}}, []); time.sleep(9)"
            ),
            "a number of 4,000 digits": (
                "one.send({'content': {'dict': {'result': 10**4000, 'mutated': {'list': []},"
                " 'state': {'list': []}, 'tape': None}}}, []); time.sleep(9)"
            ),
            "a name of another notebook": (
                "one.send({'content': {'name': 'reparameterize'}}, []); time.sleep(9)"
            ),
        }.items()
    },
    earns=SHAPE_ONLY,
)

KNOWING = cells(
    "detecting the grader",
    {
        "the shapes of the visible checks": """
            def reparameterize(mu, logvar):
                if tuple(mu.shape) == (200, 100): return torch.randn(200, 100) * 2.718281828
                return mu.clone()
            """,
        "the frames on the stack": """
            def reparameterize(mu, logvar):
                import inspect
                for frame in inspect.stack():
                    for value in frame[0].f_locals.values():
                        if 'check' in str(type(value)): out(value)
                return mu.clone()
            """,
        "a missing terminal": """
            def reparameterize(mu, logvar):
                return mu.clone() if not sys.stdin.isatty() else right(mu, logvar)
            """,
        "the first call": """
            calls = []
            def reparameterize(mu, logvar):
                calls.append(1)
                return right(mu, logvar) if len(calls) < 2 else mu.clone()
            """,
    },
    earns=SHAPE_ONLY,
)

ATTACKS = [
    *(*PATCHING, *FRAMES, *KNOWING),
    *acts(
        "forged frames",
        {
            "a frame in place of every ask's answer": """
                one = channel()
                one.send({'content': {'tensor': 0}}, [mu]); one.send({'content': None}, [])
                """,
        },
    ),
]
