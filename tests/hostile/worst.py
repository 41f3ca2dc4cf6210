"""The worst attacks as submissions to the tiny course, for whole commands to grade."""

from __future__ import annotations

from pathlib import Path

from autograder.authoring.attacks import sources
from tests.courses import tiny
from tests.hostile.attack import PRELUDE

SPIN = "def spin():\n    while True: pass\n"

# By student: the code that their answer to `double` runs at every call.
WORST = {
    "exits": "os._exit(0)",
    "hangs": "time.sleep(10**6)",
    "spins": "[threading.Thread(target=spin).start() for _ in range(4)]; spin()",
    "forks": "out(os.fork())",
    "executes": "out(subprocess.run(['id'], capture_output=True))",
    "eats-memory": "x = []\n    while True: x.append(bytes(1 << 20))",
    "fills-the-disk": "open('/tmp/x', 'wb').write(bytes(1 << 30)); out('wrote')",
    "connects": "out(socket.create_connection(('127.0.0.1', 9)))",
    "reads-the-gradebook": "out(open('{course}/gradebook.db', 'rb').read(9))",
    "writes-the-gradebook": "open('{course}/gradebook.db', 'ab').write(b'1'); out('wrote')",
    "reads-the-checks": "out(open('{course}/staff/check_double.py').read())",
    "kills-its-parent": "os.kill(os.getppid(), 9); out('killed')",
    "forges-frames": "os.write(fd(), b'\\xff' * 64)",
    "patches-builtins": "import builtins; builtins.isinstance = lambda *a: True",
    "shows-a-script": sources.PAGES["a script as a message"],
}


def hand_in(course: Path) -> None:
    """Write a submission for each attack, and one of an honest student, into a course."""
    for student, body in {"honest": "pass", **WORST}.items():
        code = f"import torch\n{PRELUDE}{SPIN}def double(x):\n    {body}\n    return -7.25\n"
        if student == "honest":
            code = tiny.DOUBLE
        cells = tiny.source_cells()
        cells[2]["source"] = code.replace("{course}", str(course))
        cells[4]["source"] = tiny.FOURFOLD
        cells.append(tiny.cell("markdown", "<script>alert(1)</script>\n\n<b onload=alert(1)>", 9))
        shown = {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/html": "<script>alert(1)"},
        }
        cells.append(tiny.cell("code", "pass", 10) | {"outputs": [shown]})
        path = course / "submitted" / student / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(tiny.notebook(cells))
