"""The tiny course with a second notebook, which has one question."""

from __future__ import annotations

from pathlib import Path

from tests.courses import tiny

QUESTION = """
[[question]]
id = "half"
notebook = "warmup.ipynb"
answer = "half"
[[question.criterion]]
id = "halves"
title = "halves"
points = 5
checks = ["is_half_as_much"]
"""
STAFF_HALF = '''"""Hidden checks."""


class Wrong(AssertionError):
    outcome = "failed"


def check_is_half_as_much(half):
    """Half of 5 is 2.5."""
    if half(5.0) != 2.5:
        raise Wrong("half(5.0): expected 2.5")
'''
HALF = "def half(x):\n    return x / 2\n"


def source_cells() -> list[dict[str, object]]:
    """Return the cells of the second source notebook."""
    stub = tiny.STUB.format(name="half", what="x / 2")
    return [
        tiny.cell("markdown", "# Warm up", 1),
        tiny.cell("code", stub, 2, grade_id="half", solution=True),
        tiny.grade_cell("half", 5, 3),
    ]


def warmup(half: str = HALF) -> bytes:
    """Return the second notebook with this answer."""
    cells = source_cells()
    cells[1]["source"] = half
    return tiny.notebook(cells)


def write_course(root: Path) -> Path:
    """Write the course to a folder and return the folder."""
    tiny.write_course(root)
    (root / "rubric.toml").write_text(tiny.RUBRIC + QUESTION, encoding="utf-8")
    (root / "source/tiny/warmup.ipynb").write_bytes(tiny.notebook(source_cells()))
    (root / "staff/check_half.py").write_text(STAFF_HALF, encoding="utf-8")
    (root / "solutions/half.py").write_text('"""Half."""\n\n' + HALF, encoding="utf-8")
    return root
