"""Damage copies of a solved notebook at random, and check that every copy gets a result.

`python -m tests.fuzz.notebooks --count 2000 --graded 20` selects the cells of 2000 copies, and
grades 20 others. The same seed gives the same copies.
"""

# ruff: noqa: E402 - use_one_thread() has to run before the imports that import torch

from __future__ import annotations

import argparse
import copy
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from autograder.support.cpu import use_one_thread

use_one_thread()
from autograder.assignment.answer_bank import load_bank
from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from autograder.authoring.solved import main_filled
from autograder.grading.cell_selection import SelectedCells, select_cells
from autograder.grading.grade import grade
from autograder.notebooks.reader import Unreadable, read
from autograder.notebooks.stubs import without_whitespace
from autograder.sandbox import Sandbox

Tree = dict[str, Any]
RUBRIC = Path(__file__).resolve().parents[2] / "rubric.toml"


def flip_bytes(data: bytes, chance: random.Random) -> bytes:
    raw = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def reencode(data: bytes, chance: random.Random) -> bytes:
    codec = chance.choice(("utf-16", "utf-32", "latin-1", "utf-8-sig", "cp1252"))
    return data.decode().encode(codec, errors="replace")


def shuffle(tree: Tree, chance: random.Random) -> None:
    chance.shuffle(tree["cells"])


def duplicate(tree: Tree, chance: random.Random) -> None:
    cell = chance.choice(tree["cells"])
    tree["cells"].insert(chance.randrange(len(tree["cells"])), copy.deepcopy(cell))


def delete(tree: Tree, chance: random.Random) -> None:
    tree["cells"].pop(chance.randrange(len(tree["cells"])))


def retype(tree: Tree, chance: random.Random) -> None:
    kinds = ("code", "markdown", "raw", "heading", None, 7)
    chance.choice(tree["cells"])["cell_type"] = chance.choice(kinds)


def drop_metadata(tree: Tree, chance: random.Random) -> None:
    cell = chance.choice(tree["cells"])
    cell["metadata"] = chance.choice(({}, None, [], {"nbgrader": None}, {"nbgrader": {}}))


def repeat_ids(tree: Tree, chance: random.Random) -> None:
    one, other = chance.choice(tree["cells"]), chance.choice(tree["cells"])
    one["id"] = other.get("id")
    if "nbgrader" in (other.get("metadata") or {}):
        one["metadata"] = copy.deepcopy(other["metadata"])


def split(tree: Tree, chance: random.Random) -> None:
    place = chance.randrange(len(tree["cells"]))
    cell = tree["cells"][place]
    lines = lines_of(cell)
    middle = chance.randint(0, len(lines))
    rest = copy.deepcopy(cell) | {"source": lines[middle:]}
    cell["source"] = lines[:middle]
    tree["cells"].insert(place + 1, rest)


def add_odd_cell(tree: Tree, chance: random.Random) -> None:
    odd = (7, None, [], {}, {"cell_type": "code"}, {"cell_type": "code", "source": {"a": 1}})
    code = ("!pip install torch", "%%bash\nrm -rf /", "def broken(:", "1/0", "\0", "x = '\ud800'")
    cell = chance.choice(odd + tuple({"cell_type": "code", "source": one} for one in code))
    tree["cells"].insert(chance.randrange(len(tree["cells"]) + 1), cell)


def old_format(tree: Tree, chance: random.Random) -> None:
    tree["nbformat"] = chance.choice((3, 5, "4", None, 4.0))
    if chance.random() < 0.5:
        tree["worksheets"] = [{"cells": tree.pop("cells")}]


BYTE_CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (flip_bytes, cut, reencode)
CELL_CHANGES: tuple[Callable[[Tree, random.Random], None], ...] = (
    *(shuffle, duplicate, delete, retype, drop_metadata, repeat_ids, split, add_odd_cell),
    old_format,
)


def lines_of(cell: object) -> list[str]:
    source = cell.get("source", "") if isinstance(cell, dict) else ""
    text = "".join(source) if isinstance(source, list) else source
    return text.splitlines(keepends=True) if isinstance(text, str) else []


def mutants(solved: bytes, count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield `count` damaged copies, each with the names of the changes."""
    for number in range(count):
        chance = random.Random(seed * 1_000_003 + number)
        if chance.random() < 0.4:
            change = chance.choice(BYTE_CHANGES)
            yield change.__name__, change(solved, chance)
            continue
        tree, done = json.loads(solved), []
        for _ in range(chance.randint(1, 4)):
            change = chance.choice([c for c in CELL_CHANGES if tree.get("cells")] or [drop_nothing])
            sound = all(isinstance(cell, dict) for cell in tree.get("cells", ()))
            if sound:
                change(tree, chance)
                done.append(change.__name__)
        yield "+".join(done), json.dumps(tree).encode()


def drop_nothing(_tree: Tree, _chance: random.Random) -> None:
    return


def solved_notebook(assignment: Assignment) -> bytes:
    return main_filled(assignment, load_bank(assignment).answers())


def intact(data: bytes, assignment: Assignment, answers: dict[str, str]) -> set[str]:
    """Return the questions whose complete answer is in one cell, whatever the cell has become."""
    found = read(data)
    if isinstance(found, Unreadable):
        return set()
    texts = {without_whitespace(cell.source) for cell in found.cells}
    return {question for question, code in answers.items() if without_whitespace(code) in texts}


def select(data: bytes, assignment: Assignment) -> SelectedCells | None:
    """Return the cells to run, or None if the file is not a notebook."""
    found = read(data)
    if isinstance(found, Unreadable):
        assert found.reason.endswith("."), found.reason
        return None
    return select_cells(found, assignment)


def lost(data: bytes, assignment: Assignment, answers: dict[str, str]) -> set[str]:
    """Return the questions whose complete answer is in the file but is not run."""
    selected = select(data, assignment)
    run = {without_whitespace(cell.source) for cell in selected.cells} if selected else set()
    found = intact(data, assignment, answers)
    return {question for question in found if without_whitespace(answers[question]) not in run}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.notebooks", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--graded", type=int, default=20, help="how many copies to grade")
    options = parser.parse_args()
    assignment = load(RUBRIC)
    answers = load_bank(assignment).answers()
    solved, start = solved_notebook(assignment), time.monotonic()
    kinds: Counter[str] = Counter()
    for what, data in mutants(solved, options.count, options.seed):
        missing = lost(data, assignment, answers)
        assert not missing, (what, missing)
        kinds["unreadable" if select(data, assignment) is None else "read"] += 1
    print(f"{options.count} copies in {time.monotonic() - start:.0f} s: {dict(kinds)}")
    with Sandbox(path=[assignment.source], preload=assignment.preload) as sandbox:
        for what, data in mutants(solved, options.graded, options.seed + 1):
            result = grade(data, "x", assignment, sandbox)
            assert result.status != "grader_error", (what, result.message)
            points = "–" if result.score is None else f"{result.score:.1f}"
            print(f"{result.status} {points:>5}  {what}: {' '.join(result.repairs)}"[:150])


if __name__ == "__main__":
    main()
