"""What pages say of an assignment besides results: what explains a question, what is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.assignment.model import Assignment
from autograder.notebooks.reader import NotebookCell, Unreadable, read

# Sections are headings of the second level: the first is the notebook's title, and the third
# divides a section or names a question.
_SECTION = re.compile(r"^## +(.+?)[ #]*$", re.MULTILINE)


@dataclass(frozen=True)
class Outline:
    """What pages say of an assignment besides results.

    Attributes:
        sections: The title of the section of the notebook that an answer is in, by question.
        written: The points that people give, in all notebooks of the assignment.
    """

    sections: Mapping[str, str] = field(default_factory=dict)
    written: float = 0.0


def outline_of(assignment: Assignment) -> Outline:
    """Return the outline of an assignment, from its source notebooks."""
    sections: dict[str, str] = {}
    for cells in assignment.cells.values():
        section = ""
        for cell in cells:
            if cell.kind == "markdown":
                section = (_SECTION.findall(cell.source) or [section])[-1]
            elif section and cell.grade_id:
                sections[cell.grade_id] = section
    written = 0.0
    for path in sorted(assignment.source.glob("*.ipynb")):
        notebook = read(path.read_bytes())
        cells = () if isinstance(notebook, Unreadable) else notebook.cells
        written += sum(cell.points for cell in cells if _is_written(cell))
    of_questions = {
        question.id: sections[question.id]
        for question in assignment.questions
        if question.id in sections
    }
    return Outline(of_questions, written)


def _is_written(cell: NotebookCell) -> bool:
    """Return whether a person, not the grader, gives the points of a cell."""
    return (cell.graded and cell.solution) or cell.task
