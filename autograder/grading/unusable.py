"""Say why an answer cannot be called at all."""

from __future__ import annotations

from autograder.assignment.model import Question
from autograder.grading.cell_selection import SelectedCells
from autograder.grading.mends import MEND
from autograder.sandbox import LoadReport

# Types that students bind to an answer's name by mistake; everything else is called.
_NOT_CALLABLE = frozenset(
    {"int", "float", "bool", "str", "bytes", "list", "tuple", "dict", "set", "NoneType", "Tensor"}
)


def why_unusable(
    question: Question, report: LoadReport, errors: list[str], selected: SelectedCells
) -> str:
    """Return why a question's answer cannot be called; "" if it can.

    Args:
        question: The question.
        report: How the submission's cells ran, and which names they define.
        errors: How the answer's own cells failed.
        selected: The cells.
    """
    for cell in report.cells:
        if cell.id == MEND and cell.status != "ok":
            return f"The answer could not be mended: {cell.message}"
    if question.answer not in report.names:
        return f"{question.answer} is not defined: {_why_missing(question, errors, selected)}."
    kind = report.names[question.answer]
    if kind in _NOT_CALLABLE:
        return f"{question.answer} is of type {kind}, which cannot be called."
    return ""


def _why_missing(question: Question, errors: list[str], selected: SelectedCells) -> str:
    if errors:
        return f"its cell failed: {errors[0]}"
    return selected.empty.get(question.id, "no cell defines this name")
