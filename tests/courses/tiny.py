"""A tiny course: two questions about numbers. It keeps the engine's tests fast."""

from __future__ import annotations

import json
import struct
from pathlib import Path

STUB = """def {name}(x):
    \"\"\"Return {what}.\"\"\"
    ### BEGIN SOLUTION
    raise NotImplementedError("{name}")
    ### END SOLUTION
"""
RUBRIC = """
assignment = "tiny"
notebook = "tiny.ipynb"
source = "source/tiny"
solutions = "solutions"
visible_checks = "source/tiny/checks"
staff_checks = "staff"
stand_ins = "staff/stand_ins.py"
preload = ["torch"]

[[question]]
id = "double"
answer = "double"
needs = []
[[question.criterion]]
id = "two"
title = "doubles two"
points = 2
checks = ["doubles_two"]
[[question.criterion]]
id = "sign"
title = "doubles negative numbers"
points = 4
checks = ["keeps_the_sign_of_what_it_gets"]

[[question]]
id = "fourfold"
answer = "fourfold"
needs = ["double"]
[[question.criterion]]
id = "four"
title = "is four times as much"
points = 4
checks = ["is_four_times_as_much"]
"""
VISIBLE = '''"""Visible checks."""


def check_doubles_two(double):
    """Twice two is four."""
    assert double(2) == 4, "expected 4"
'''
STAFF_DOUBLE = '''"""Hidden checks."""


class Wrong(AssertionError):
    outcome = "failed"
    misconception = "forgets-the-sign"
    hint = "What is twice -3?"

    @property
    def message(self):
        return str(self)


def check_keeps_the_sign_of_what_it_gets(double):
    """Twice a negative number is negative."""
    got = double(-3.5)
    if got != -7.0:
        raise Wrong(f"double(-3.5): expected -7.0, got {got}")
'''
STAFF_FOURFOLD = '''"""Hidden checks."""


class Wrong(AssertionError):
    outcome = "failed"


def check_is_four_times_as_much(fourfold):
    """Four times 2.5 is 10."""
    if fourfold(2.5) != 10.0:
        raise Wrong("fourfold(2.5): expected 10.0")
'''
DOUBLE = "def double(x):\n    return 2 * x\n"
FOURFOLD = "def fourfold(x):\n    return double(double(x))\n"
FORGETS = "def double(x):\n    return 2 * abs(x)\n"
MISTAKE = '"""{title}\n\ncaught by: keeps_the_sign_of_what_it_gets\nhint: Mind the sign.\n"""\n\n'


def cell(kind: str, source: str, number: int, **marks: object) -> dict[str, object]:
    """Return a cell of a notebook; `marks` are its nbgrader metadata."""
    metadata: dict[str, object] = {}
    if marks:
        metadata["nbgrader"] = {
            "grade": False, "solution": False, "locked": False, "schema_version": 3, "task": False,
            **marks,
        }  # fmt: skip
    made = {"cell_type": kind, "id": f"cell-{number}", "metadata": metadata, "source": source}
    return made if kind != "code" else made | {"outputs": [], "execution_count": None}


def notebook(cells: list[dict[str, object]]) -> bytes:
    """Return a notebook's bytes."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    tree = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(tree, indent=1) + "\n").encode()


def source_cells() -> list[dict[str, object]]:
    """Return the cells of the source notebook."""
    return [
        cell("markdown", "# Tiny", 1),
        cell("code", "import math", 2, grade_id="setup", locked=True),
        cell(
            "code", STUB.format(name="double", what="twice x"), 3, grade_id="double", solution=True
        ),
        grade_cell("double", 6, 4),
        cell(
            "code", STUB.format(name="fourfold", what="4 x"), 5, grade_id="fourfold", solution=True
        ),
        grade_cell("fourfold", 4, 6),
        cell("code", "print('play here')", 7),
    ]


def grade_cell(question: str, points: int, number: int) -> dict[str, object]:
    """Return the locked cell with a question's points."""
    name = f"check-{question}"
    source = f'check("{question}", {question})'
    return cell("code", source, number, grade_id=name, grade=True, locked=True, points=points)


def write_course(root: Path) -> Path:
    """Write the course to a folder and return the folder."""
    config = Path(__file__).resolve().parents[2] / "nbgrader_config.py"
    texts = {
        "source/tiny/checks/check_double.py": VISIBLE,
        "source/tiny/README.md": "Two numbers.\n",
        "staff/check_double.py": STAFF_DOUBLE,
        "staff/check_fourfold.py": STAFF_FOURFOLD,
        "staff/stand_ins.py": "import math\n\n\n" + DOUBLE,
        "rubric.toml": RUBRIC,
        "nbgrader_config.py": config.read_text(encoding="utf-8"),
        "solutions/double.py": '"""Two times."""\n\n' + DOUBLE,
        "solutions/fourfold.py": '"""Twice the double."""\n\n' + FOURFOLD,
        "solutions/alternatives/double/by-adding.py": (
            '"""By adding."""\n\ndef double(x):\n    return x + x\n'
        ),
        "solutions/mistakes/double/forgets-the-sign.py": (
            MISTAKE.format(title="Forgets the sign.") + FORGETS
        ),
    }
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "source/tiny/tiny.ipynb").write_bytes(notebook(source_cells()))
    (root / "staff/held.idx").write_bytes(
        struct.pack(">IIII", 0x803, 2, 4, 4) + bytes(range(1, 33))
    )
    return root


def answered(double: str = DOUBLE, fourfold: str = FOURFOLD) -> bytes:
    """Return a submission with these answers."""
    cells = source_cells()
    cells[2]["source"], cells[4]["source"] = double, fourfold
    return notebook(cells)
