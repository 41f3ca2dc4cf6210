"""The points that students see beside each visible check, made from the rubric.

`python -m tools.visible_points` writes them anew after the rubric has changed.
"""

from __future__ import annotations

from pathlib import Path

from autograder.assignment.model import Assignment, load
from autograder.assignment.rubric_validation import checks_of

HEAD = '''"""What each visible check is worth, for the block to say.

Made from the rubric of the grading program; not edited. The rest of a question's points is decided
by checks that look at more inputs.
"""

from __future__ import annotations

from typing import Final

'''


def text(assignment: Assignment) -> str:
    """Return the module as it should be."""
    lines = ["TOTAL: Final[dict[str, float]] = {"]
    lines += [f'    "{q.id}": {q.max_score:g},' for q in assignment.questions]
    lines += ["}", "", "POINTS: Final[dict[str, dict[str, float]]] = {"]
    for question in assignment.questions:
        lines.append(f'    "{question.id}": {{')
        for check in checks_of(assignment.visible_checks, question.id):
            lines.append(f'        "{check}": {question.points[check]:g},')
        lines.append("    },")
    return HEAD + "\n".join([*lines, "}", ""])


def file(assignment: Assignment) -> Path:
    """Return where it stands."""
    return assignment.visible_checks / "points.py"


if __name__ == "__main__":
    course = load()
    file(course).write_text(text(course))
