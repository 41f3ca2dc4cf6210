"""Validate a rubric file. Each function yields one sentence per error, for `load` to raise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import permutations
from pathlib import Path, PurePosixPath
from typing import Any

from autograder.assignment.check_files import read_checks
from autograder.assignment.criteria import PARTS, criteria_errors, criteria_shape_errors
from autograder.assignment.model import Assignment, Question
from autograder.notebooks.reader import Unreadable, read
from autograder.sandbox.budgets import BOUNDS, budget_errors

GRADE_CELL = "check-"  # the grade cell of question q has the grade_id check-q
FOLDERS = ("source", "solutions", "visible_checks", "staff_checks")
# When Gradescope shows a check, in Gradescope's words.
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")

_TEXTS = ("assignment", "notebook", *FOLDERS)
_OTHERS = ("stand_ins", "preload", "question", "late", "feedback", "budgets", "misnamed_costs")
_KEYS = {*_TEXTS, *_OTHERS}
_QUESTION_KEYS = {"id", "notebook", "answer", "needs", *PARTS}
_MAX_ID_LENGTH = 60  # ids are parts of file names
# The bounds of each number in [late]; percent_per_day is required.
_LATE_BOUNDS = {"percent_per_day": (0, 100), "grace_minutes": (0, 1e6), "at_most_percent": (0, 100)}


def shape_errors(tree: Mapping[str, Any]) -> Iterator[str]:
    """Yield the errors in the keys and types of a rubric."""
    for key in tree.keys() - _KEYS:
        yield f"unknown key {key!r}; known are {', '.join(sorted(_KEYS))}"
    yield from _path_errors(tree)
    names = tree.get("preload", [])
    if not _is_text_list(names) or not all(
        part.isidentifier() for n in names for part in n.split(".")
    ):
        yield "'preload' must be a list of module names"
    yield from _late_errors(tree.get("late", {}))
    yield from _feedback_errors(tree.get("feedback", {}))
    yield from _budget_errors(tree.get("budgets", {}))
    costs = tree.get("misnamed_costs", 0)
    if isinstance(costs, bool) or not isinstance(costs, (int, float)) or not 0 <= costs <= 100:
        yield f"'misnamed_costs' must be points, from 0 to 100; got {_short(costs)}"
    questions = tree.get("question")
    if not isinstance(questions, list) or not questions:
        yield "no question: each needs a [[question]] section"
        return
    for number, item in enumerate(questions, start=1):
        yield from _question_shape_errors(item, f"question {number}")


def _path_errors(tree: Mapping[str, Any]) -> Iterator[str]:
    for key in _TEXTS:
        if not isinstance(tree.get(key), str) or not tree[key]:
            yield f'{key!r} must be a text, as in {key} = "…"'
        elif not _is_inside(tree[key]):
            yield f"{key!r} must be a path inside the course's folder; got {_short(tree[key])}"
    if isinstance(tree.get("assignment"), str) and "/" in tree["assignment"]:
        yield f"'assignment' must be a name, without a folder; got {_short(tree['assignment'])}"
    if isinstance(tree.get("notebook"), str):
        yield from _notebook_errors(tree["notebook"])
    stand_ins = tree.get("stand_ins", "stand_ins.py")
    if not isinstance(stand_ins, str):
        yield "'stand_ins' must be a text, the path of a Python file"
    elif not stand_ins or not _is_inside(stand_ins):
        yield f"'stand_ins' must be a path inside the course's folder; got {_short(stand_ins)}"


def _notebook_errors(name: str) -> Iterator[str]:
    if "/" in name:
        yield f"'notebook' must be a name, without a folder; got {_short(name)}"
    if not name.endswith(".ipynb"):
        yield f"'notebook' must end in .ipynb; got {_short(name)}"


def _is_inside(text: str) -> bool:
    """Return whether a text is a valid relative path that stays inside its folder."""
    path = PurePosixPath(text)
    valid = "\0" not in text and all(len(part.encode()) < 256 for part in path.parts)
    return valid and not path.is_absolute() and ".." not in path.parts


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _feedback_errors(feedback: object) -> Iterator[str]:
    if not isinstance(feedback, dict):
        yield "'feedback' must be a section, as in [feedback]"
        return
    for key in sorted(feedback.keys() - {"hints", "staff_checks"}):
        yield f"[feedback]: unknown key {key!r}; known are hints, staff_checks"
    if not isinstance(feedback.get("hints", True), bool):
        yield f"[feedback]: hints must be true or false; got {_short(feedback['hints'])}"
    if feedback.get("staff_checks", "visible") not in VISIBILITIES:
        known = ", ".join(VISIBILITIES)
        got = _short(feedback["staff_checks"])
        yield f"[feedback]: staff_checks must be one of {known}; got {got}"


def _late_errors(late: object) -> Iterator[str]:
    if not isinstance(late, dict):
        yield "'late' must be a section, as in [late]"
        return
    if late and "percent_per_day" not in late:
        yield "[late]: percent_per_day is missing; it is what each day costs"
    yield from _number_errors("late", late, _LATE_BOUNDS)


def _budget_errors(budgets: object) -> Iterator[str]:
    if not isinstance(budgets, dict):
        yield "'budgets' must be a section, as in [budgets]"
        return
    errors = [*_number_errors("budgets", budgets, BOUNDS)]
    yield from errors or (f"[budgets]: {misfit}" for misfit in budget_errors(budgets))


def _number_errors(
    section: str, values: Mapping[str, object], bounds: Mapping[str, tuple[float, float]]
) -> Iterator[str]:
    """Yield the unknown keys of a section, and the values that are not numbers within bounds."""
    for key in sorted(values.keys() - bounds.keys()):
        yield f"[{section}]: unknown key {_short(key)}; known are {', '.join(bounds)}"
    for key, (least, most) in bounds.items():
        value = values.get(key, least)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"[{section}]: {key} must be a number; got {_short(value)}"
        elif not least <= value <= most:
            yield f"[{section}]: {key} must be from {least:g} to {most:g}; got {_short(value)}"


def _question_shape_errors(item: object, where: str) -> Iterator[str]:
    if not isinstance(item, dict):
        yield f"{where}: must be a section, as in [[question]]"
        return
    where = f"question {_short(item['id'])}" if isinstance(item.get("id"), str) else where
    for key in item.keys() - _QUESTION_KEYS:
        yield f"{where}: unknown key {key!r}; known are {', '.join(sorted(_QUESTION_KEYS))}"
    for key in ("id", "answer"):
        if not isinstance(item.get(key), str) or not item[key].isidentifier():
            yield f"{where}: {key!r} must be a Python name"
        elif len(item[key]) > _MAX_ID_LENGTH:
            yield f"{where}: {key!r} has more than {_MAX_ID_LENGTH} characters"
    notebook = item.get("notebook", "default.ipynb")
    if not isinstance(notebook, str) or not notebook:
        yield f"{where}: 'notebook' must be a text, the file name of a notebook"
    else:
        yield from (f"{where}: {error}" for error in _notebook_errors(notebook))
    if not _is_text_list(item.get("needs", [])):
        yield f"{where}: 'needs' must be a list of names of answers"
    yield from criteria_shape_errors(item, where)


def _is_text_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def file_errors(assignment: Assignment) -> Iterator[str]:
    """Yield the missing files and folders."""
    for path in (assignment.solutions, assignment.visible_checks, assignment.staff_checks):
        if not path.is_dir():
            yield f"the folder {path.relative_to(assignment.root)} is missing"
    if assignment.stand_ins is not None and not assignment.stand_ins.is_file():
        yield f"the file {assignment.stand_ins.relative_to(assignment.root)} is missing"


def unknown_cells(assignment: Assignment, folder: Path, name: str) -> Iterator[str]:
    """Yield one sentence per autograded cell that the rubric does not know.

    nbgrader gives a cell full points if it has no error among its outputs, whatever the answer is.

    Args:
        assignment: The assignment that the rubric describes.
        folder: The folder with the notebooks of an assignment, this one or another.
        name: The name of that assignment.
    """
    for path in sorted(folder.glob("*.ipynb")):
        known = {
            GRADE_CELL + question.id
            for question in assignment.questions
            if (name, path.name) == (assignment.name, question.notebook)
        }
        found = read(path.read_bytes())
        if isinstance(found, Unreadable):
            yield f"{path.name}: {found.reason}"
            continue
        for cell in found.cells:
            autograded = cell.graded and not cell.solution and cell.kind == "code"
            if autograded and cell.grade_id not in known:
                yield (
                    f"{path.name}: no question of the rubric covers the autograded cell "
                    f"{cell.grade_id!r}, so everybody would get its points; add a [[question]] "
                    "for it, or let a person grade the cell"
                )


def question_errors(assignment: Assignment) -> Iterator[str]:
    """Yield the contradictions between questions, checks, points and the notebook."""
    ids = [question.id for question in assignment.questions]
    if assignment.notebook not in assignment.notebooks:
        yield (
            f"'notebook' is {assignment.notebook}, but no question is in it; "
            "name the main notebook with questions there"
        )
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"question {name!r} is defined {ids.count(name)} times"
    for name, longer in sorted(permutations(set(ids), 2)):
        if longer.startswith(f"{name}_"):
            yield (
                f"question {name!r}: check_{longer}.py could belong to it or to question "
                f"{longer!r}; rename one of the two questions"
            )
    for question in assignment.questions:
        where = f"question {question.id!r}"
        earlier = assignment.questions[: ids.index(question.id)]
        for name in question.needs:
            if name not in [one.answer for one in earlier if one.notebook == question.notebook]:
                yield (
                    f"{where}: needs {name!r}, which is not the answer of an earlier question "
                    f"of {question.notebook}"
                )
            elif name not in question.stand_ins:
                yield f"{where}: needs {name!r}, for which there is no stand-in"
        if all(cell.grade_id != question.id for cell in assignment.cells[question.notebook]):
            yield f"{where}: {question.notebook} has no cell with this grade_id"
        yield from _points_errors(assignment, question)


def _points_errors(assignment: Assignment, question: Question) -> Iterator[str]:
    where = f"question {question.id!r}"
    times = Counter(check for path in question.check_files for check in read_checks([path]))
    for check in sorted(check for check in times if times[check] > 1):
        yield f"{where}: the check {check!r} is in {times[check]} files; rename one"
    yield from criteria_errors(question)
    cells = assignment.cells[question.notebook]
    grade_cells = [cell for cell in cells if cell.grade_id == GRADE_CELL + question.id]
    if not grade_cells:
        yield f"{where}: {question.notebook} has no grade cell {GRADE_CELL}{question.id}"
    elif abs(question.max_score - grade_cells[0].points) > 1e-9:
        yield (
            f"{where}: the points add up to {question.max_score:g}, "
            f"its grade cell in {question.notebook} has {grade_cells[0].points:g}"
        )
