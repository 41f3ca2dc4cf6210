"""Select the cells of a submission to run, in order, and list what had to be repaired.

The locked cells of the source notebook come first, from the course's copy; then the student's
cells, in their order. An answer is found by the grade_id of its cell, or else by the name that the
cell defines: it counts wherever it is.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from autograder.assignment.model import Assignment, Question
from autograder.notebooks.reader import Notebook, NotebookCell
from autograder.notebooks.stubs import without_whitespace
from autograder.sandbox import Cell


@dataclass(frozen=True)
class SelectedCells:
    """The cells to run.

    Attributes:
        cells: In the order in which they run.
        repairs: What was repaired, one sentence each.
        empty: Why the cell of a question has no answer, by question id.
        owner: The question that a cell answers, by the id of the cell.
    """

    cells: tuple[Cell, ...]
    repairs: tuple[str, ...]
    empty: dict[str, str]
    owner: dict[str, str]


def select_cells(notebook: Notebook, assignment: Assignment) -> SelectedCells:
    """Select the cells of a submission to run."""
    source = assignment.source_cells
    given = {
        without_whitespace(cell.source)
        for cell in source
        if cell.kind == "code" and _is_given(cell)
    }
    prose = {without_whitespace(cell.source) for cell in source if cell.kind != "code"}
    answers, repairs, empty = _find_answers(notebook, assignment.questions)
    cells = [
        Cell(cell.grade_id or "setup", cell.source, "answer") for cell in source if _is_setup(cell)
    ]
    owner: dict[str, str] = {}
    count: Counter[str] = Counter()
    for cell in notebook.cells:
        text = without_whitespace(cell.source)
        if cell.number in answers:
            question = answers[cell.number]
            count[question] += 1
            name = f"{question} ({count[question]})" if count[question] > 1 else question
            owner[name] = question
            cells.append(Cell(name, cell.source, "answer"))
        elif cell.grade_id in empty or text in given or not text:
            continue
        elif cell.kind == "code":
            cells.append(Cell(f"cell {cell.number}", cell.source, "extra"))
        elif text not in prose and _defines_an_answer(cell, assignment.questions):
            cells.append(Cell(f"cell {cell.number}", cell.source, "extra"))
            repairs.append(f"Cell {cell.number} had been changed to text; it was read as code.")
    return SelectedCells(tuple(cells), tuple(repairs), empty, owner)


def _is_setup(cell: NotebookCell) -> bool:
    return cell.kind == "code" and cell.locked and not cell.graded and not cell.solution


def _is_given(cell: NotebookCell) -> bool:
    """Return whether students must not change this cell of the source notebook."""
    return cell.locked or (cell.graded and not cell.solution)


def _find_answers(
    notebook: Notebook, questions: tuple[Question, ...]
) -> tuple[dict[int, str], list[str], dict[str, str]]:
    """Return the question of each answer cell by its number, the repairs, and the empty questions.

    The empty questions map to the reason why their cell has no answer.
    """
    answers: dict[int, str] = {}
    repairs: list[str] = []
    empty: dict[str, str] = {}
    for question in questions:
        marked = [cell for cell in notebook.cells if cell.grade_id == question.id]
        filled = [cell for cell in marked if not _is_stub(cell, question)]
        if not marked:
            repairs.append(f"The answer cell '{question.id}' was deleted or lost its grade_id.")
        elif not filled:
            blank = not any(cell.source.strip() for cell in marked)
            empty[question.id] = (
                "its cell is empty" if blank else "its cell still contains the stub"
            )
        if len(filled) > 1:
            repairs.append(
                f"The answer cell '{question.id}' occurs {len(filled)} times; all were run in "
                "order, so the last definition counts."
            )
        repairs += [
            f"The answer cell '{question.id}' had been changed to text; it was read as code."
            for cell in filled
            if cell.kind != "code"
        ]
        answers |= {cell.number: question.id for cell in filled}
    return answers, repairs, empty


def _is_stub(cell: NotebookCell, question: Question) -> bool:
    text = without_whitespace(cell.source)
    return not text or text in question.stubs


def _defines_an_answer(cell: NotebookCell, questions: tuple[Question, ...]) -> bool:
    names = "|".join(re.escape(question.answer) for question in questions)
    return re.search(rf"^(def|class)\s+({names})\b", cell.source, re.MULTILINE) is not None
