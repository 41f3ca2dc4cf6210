"""Grade the same submissions repeatedly under different conditions, and expect the same results.

`python -m tests.fuzz.repeats --rounds 30` takes ten students of the sample class. The rounds differ
in the number of jobs, the hash seed of Python, the order of the submissions (students get other
names and are graded by name), and the load of the processors.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests import sample_class
from tests.fuzz.kills import ROOT, timeless

# Right answers, near misses, statistics, training, an exit, stand-ins. Not the one that hangs,
# which takes as long as all the others.
STUDENTS = ("ada", "ben", "chloe", "dev", "emil", "grace", "sven", "vito", "xavier", "yuki")


def grade(
    folder: Path, students: Sequence[str], number: int, *, busy: bool = False
) -> dict[str, object]:
    """Grade students in the conditions of round `number`; return the results by real name."""
    chance = random.Random(number)
    order = chance.sample(students, len(students))
    aliases = {f"{place:02}": student for place, student in enumerate(order)}
    for alias, student in aliases.items():
        path = folder / "submitted" / alias / "vae" / "vae.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes((folder.parent / "class" / student / "vae" / "vae.ipynb").read_bytes())
    seed = chance.choice(("0", "1", "random"))
    command = [sys.executable, "-m", "autograder", "grade", str(folder / "submitted")]
    with _load(2 if busy else 0):
        done = subprocess.run(
            [*command, "--results", str(folder / "results"), "--jobs", str(1 + number % 2)],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}:{ROOT}/source/vae"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    found = timeless(folder / "results")
    return {aliases[name.removesuffix(".json")]: tree for name, tree in found.items()}


@contextmanager
def _load(processes: int) -> Iterator[None]:
    """Keep this many processors busy."""
    # Each ends with this process, even if this process is killed.
    code = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"
    spin = [sys.executable, "-c", code]
    running = [subprocess.Popen(spin) for _ in range(processes)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def anonymous(results: dict[str, object]) -> dict[str, str]:
    """Return results as text, without the names of the round."""
    return {
        student: json.dumps({**tree, "student": ""}, sort_keys=True)  # type: ignore[dict-item]
        for student, tree in results.items()
    }


def main() -> None:
    """Grade the rounds and compare their results."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.repeats", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--first", type=int, default=0, help="the first round's number")
    options = parser.parse_args()
    start, first = time.monotonic(), {}
    with tempfile.TemporaryDirectory() as folder:
        sample_class.write(Path(folder) / "class")
        for number in range(options.first, options.first + options.rounds):
            inside = Path(folder) / str(number)
            found = anonymous(grade(inside, STUDENTS, number, busy=number % 3 == 2))
            first = first or found
            assert found == first, [name for name in found if found[name] != first[name]]
            digest = hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()[:16]
            print(f"round {number + 1}: {digest}", flush=True)
    seconds = time.monotonic() - start
    print(f"{options.rounds} x {len(STUDENTS)} gradings in {seconds:.0f} s: all the same")


if __name__ == "__main__":
    main()
