"""Which cells of a submission are run, in which order, and what had to be put right for it.

The source notebook's own locked cells come first, from our copy; then the student's, in their
order. Which cell holds an answer is known by its grade_id, or else by what it defines: an answer
counts wherever it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.notebooks import reader as nb
from autograder.notebooks.reader import released, squash
from autograder.sandbox import Cell

if TYPE_CHECKING:
    from autograder.assignment.model import Assignment, Question


@dataclass(frozen=True)
class Taken:
    """The cells to run.

    Attributes:
        cells: In the order in which they are run.
        repairs: What was put right, one sentence each.
        empty: Why a question's own cell holds no answer, by question id.
        owner: Which question a cell answers, by the cell's id.
    """

    cells: tuple[Cell, ...]
    repairs: tuple[str, ...]
    empty: dict[str, str]
    owner: dict[str, str]


def take(notebook: nb.Notebook, assignment: Assignment) -> Taken:
    """Choose the cells of a submission that are run."""
    source = assignment.source_cells.cells
    setup = [cell for cell in source if _is_setup(cell)]
    ours = {squash(cell.source) for cell in source if cell.kind == "code" and _is_ours(cell)}
    prose = {squash(cell.source) for cell in source if cell.kind != "code"}
    answers, repairs, empty = _answers(notebook, assignment)
    cells = [Cell(cell.grade_id or "setup", cell.source, "answer") for cell in setup]
    owner: dict[str, str] = {}
    for cell in notebook.cells:
        text = squash(cell.source)
        if cell.number in answers:
            question = answers[cell.number]
            again = sum(name == question for name in owner.values())
            name = f"{question} ({again + 1})" if again else question
            owner[name] = question
            cells.append(Cell(name, cell.source, "answer"))
        elif cell.grade_id in empty or text in ours or not text:
            continue
        elif cell.kind == "code":
            cells.append(Cell(f"cell {cell.number}", cell.source, "extra"))
        elif text not in prose and _defines_an_answer(cell, assignment):
            cells.append(Cell(f"cell {cell.number}", cell.source, "extra"))
            repairs.append(f"Cell {cell.number} had been turned into text; it was read as code.")
    return Taken(tuple(cells), tuple(repairs), empty, owner)


def _is_setup(cell: nb.Cell) -> bool:
    return cell.kind == "code" and cell.locked and not cell.graded and not cell.solution


def _is_ours(cell: nb.Cell) -> bool:
    """Say whether a cell of the source notebook is one that students were not to change."""
    return cell.locked or (cell.graded and not cell.solution)


def _answers(
    notebook: nb.Notebook, assignment: Assignment
) -> tuple[dict[int, str], list[str], dict[str, str]]:
    """Return the questions by number of the answer's cell, the repairs, and the empty questions."""
    answers: dict[int, str] = {}
    repairs: list[str] = []
    empty: dict[str, str] = {}
    for question in assignment.questions:
        marked = [cell for cell in notebook.cells if cell.grade_id == question.id]
        filled = [cell for cell in marked if not _is_stub(cell, question, assignment)]
        if not marked:
            repairs.append(f"The answer cell '{question.id}' was deleted or lost its mark.")
        elif not filled:
            blank = not any(cell.source.strip() for cell in marked)
            empty[question.id] = (
                "The answer cell is empty." if blank else "The stub is as it was released."
            )
        if len(filled) > 1:
            repairs.append(
                f"The answer cell '{question.id}' is there {len(filled)} times; all were run in "
                "their order, so the last definition counts."
            )
        repairs += [
            f"The answer cell '{question.id}' had been turned into text; it was read as code."
            for cell in filled
            if cell.kind != "code"
        ]
        answers |= {cell.number: question.id for cell in filled}
    return answers, repairs, empty


def _is_stub(cell: nb.Cell, question: Question, assignment: Assignment) -> bool:
    text = squash(cell.source)
    return not text or text in {
        squash(form)
        for source in assignment.source_cells.cells
        if source.grade_id == question.id
        for form in (source.source, released(source.source))
    }


def _defines_an_answer(cell: nb.Cell, assignment: Assignment) -> bool:
    names = "|".join(re.escape(question.answer) for question in assignment.questions)
    return re.search(rf"^(def|class)\s+({names})\b", cell.source, re.MULTILINE) is not None
