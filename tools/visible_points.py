"""Write the points of the questions, which students see above their checks, from the rubric.

Run `python -m tools.visible_points` after a change of the rubric.
"""

from __future__ import annotations

from pathlib import Path

from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load

HEAD = '''"""The points of each question, for the block that `check` shows.

Generated from the rubric; do not edit.
"""

from __future__ import annotations

from typing import Final

'''


def text(assignment: Assignment) -> str:
    """Return the text of the module that the rubric implies."""
    lines = ["TOTAL: Final[dict[str, float]] = {"]
    lines += [f'    "{q.id}": {q.max_score:g},' for q in assignment.questions]
    return HEAD + "\n".join([*lines, "}", ""])


def file(assignment: Assignment) -> Path:
    """Return the path of the module."""
    return assignment.visible_checks / "points.py"


if __name__ == "__main__":
    course = load()
    file(course).write_text(text(course))
