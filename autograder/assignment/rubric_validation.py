"""What can be wrong with a rubric file: every slip gets a sentence, all of them at once."""

from __future__ import annotations

import ast
from collections import Counter
from itertools import permutations
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from autograder.sandbox.budgets import BOUNDS, misfits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from autograder.assignment.model import Assignment, Question

GRADE_CELL = "check-"  # the grade cell of question q has the grade_id check-q
TEXTS = ("assignment", "notebook", "source", "solutions", "visible_checks", "staff_checks")

_KNOWN = {*TEXTS, "stand_ins", "preload", "question", "late", "feedback", "budgets"}
_LONGEST = 60  # letters of a question's id, which files are called by
# When Gradescope shows a check, in its words.
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
# What lateness costs, and between which numbers each may be; the first must be there.
_LATE = {"percent_per_day": (0, 100), "grace_minutes": (0, 1e6), "at_most_percent": (0, 100)}
_KNOWN_IN_QUESTION = {"id", "answer", "needs", "points"}


class RubricError(ValueError):
    """A rubric file with slips in it; the message lists them all, one a line."""


def slips_of_shape(tree: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with the keys and the types of a rubric."""
    for key in tree.keys() - _KNOWN:
        yield f"unknown key {key!r}; known are {', '.join(sorted(_KNOWN))}"
    yield from _slips_of_places(tree)
    names = tree.get("preload", [])
    if not _texts(names) or not all(part.isidentifier() for n in names for part in n.split(".")):
        yield "'preload' must be a list of module names"
    yield from _slips_of_late(tree.get("late", {}))
    yield from _slips_of_feedback(tree.get("feedback", {}))
    yield from _slips_of_budgets(tree.get("budgets", {}))
    questions = tree.get("question")
    if not isinstance(questions, list) or not questions:
        yield "no question: each needs a [[question]] section"
        return
    for number, item in enumerate(questions, start=1):
        yield from _slips_of_question_shape(item, f"question {number}")


def _slips_of_places(tree: Mapping[str, Any]) -> Iterator[str]:
    for key in TEXTS:
        if not isinstance(tree.get(key), str) or not tree[key]:
            yield f'{key!r} must be a text, as in {key} = "…"'
        elif not _is_place(tree[key]):
            yield f"{key!r} must be a place below the course's folder; got {_short(tree[key])}"
    for key in ("assignment", "notebook"):
        if isinstance(tree.get(key), str) and "/" in tree[key]:
            yield f"{key!r} must be a name, without a folder; got {_short(tree[key])}"
    if isinstance(tree.get("notebook"), str) and not tree["notebook"].endswith(".ipynb"):
        yield f"'notebook' must end in .ipynb; got {_short(tree['notebook'])}"
    stand_ins = tree.get("stand_ins", "stand_ins.py")
    if not isinstance(stand_ins, str):
        yield "'stand_ins' must be a text, the path of a Python file"
    elif not stand_ins or not _is_place(stand_ins):
        yield f"'stand_ins' must be a place below the course's folder; got {_short(stand_ins)}"


def _is_place(text: str) -> bool:
    """Say whether a text can be a path below some folder, and leads nowhere else."""
    path = PurePosixPath(text)
    well_named = "\0" not in text and all(len(part.encode()) < 256 for part in path.parts)
    return well_named and not path.is_absolute() and ".." not in path.parts


def _short(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:59]}…"


def _slips_of_feedback(told: object) -> Iterator[str]:
    if not isinstance(told, dict):
        yield "'feedback' must be a section, as in [feedback]"
        return
    for key in sorted(told.keys() - {"hints", "staff_checks"}):
        yield f"[feedback]: unknown key {key!r}; known are hints, staff_checks"
    if not isinstance(told.get("hints", True), bool):
        yield f"[feedback]: hints must be true or false; got {_short(told['hints'])}"
    if told.get("staff_checks", "visible") not in VISIBILITIES:
        known = ", ".join(VISIBILITIES)
        yield f"[feedback]: staff_checks is one of {known}; got {_short(told['staff_checks'])}"


def _slips_of_late(late: object) -> Iterator[str]:
    if not isinstance(late, dict):
        yield "'late' must be a section, as in [late]"
        return
    if late and "percent_per_day" not in late:
        yield "[late]: no percent_per_day; it says what a day costs"
    yield from _slips_of_numbers("late", late, _LATE)


def _slips_of_budgets(budgets: object) -> Iterator[str]:
    if not isinstance(budgets, dict):
        yield "'budgets' must be a section, as in [budgets]"
        return
    slips = [*_slips_of_numbers("budgets", budgets, BOUNDS)]
    yield from slips or (f"[budgets]: {misfit}" for misfit in misfits(budgets))


def _slips_of_numbers(
    section: str, told: Mapping[str, object], bounds: Mapping[str, tuple[float, float]]
) -> Iterator[str]:
    """Say which keys of a section are unknown, and which values are no numbers within bounds."""
    for key in sorted(told.keys() - bounds.keys()):
        yield f"[{section}]: unknown key {_short(key)}; known are {', '.join(bounds)}"
    for key, (least, most) in bounds.items():
        value = told.get(key, least)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"[{section}]: {key} must be a number; got {_short(value)}"
        elif not least <= value <= most:
            yield f"[{section}]: {key} must be from {least:g} to {most:g}; got {_short(value)}"


def _slips_of_question_shape(item: object, where: str) -> Iterator[str]:
    if not isinstance(item, dict):
        yield f"{where}: must be a section, as in [[question]]"
        return
    where = f"question {_short(item['id'])}" if isinstance(item.get("id"), str) else where
    for key in item.keys() - _KNOWN_IN_QUESTION:
        yield f"{where}: unknown key {key!r}; known are {', '.join(sorted(_KNOWN_IN_QUESTION))}"
    for key in ("id", "answer"):
        if not isinstance(item.get(key), str) or not item[key].isidentifier():
            yield f"{where}: {key!r} must be a Python name"
        elif len(item[key]) > _LONGEST:
            yield f"{where}: {key!r} has more than {_LONGEST} letters"
    if not _texts(item.get("needs", [])):
        yield f"{where}: 'needs' must be a list of names of answers"
    points = item.get("points")
    if not isinstance(points, dict) or not points:
        yield f"{where}: no [question.points]; list each check with its points"
        return
    for check, value in points.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e6:
            yield f"{where}: the points of {check!r} must be a number, 0 or more; got {value!r}"


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def check_files_in(folder: Path, question: str) -> list[Path]:
    """Return a question's check files in a folder.

    These are `check_<id>.py`, then `check_<id>_<part>.py`, then any others in the subfolder `<id>/`.
    """
    found = [folder / f"check_{question}.py", *sorted(folder.glob(f"check_{question}_*.py"))]
    own = folder / question
    found += [own / f"check_{question}.py", *sorted(own.glob("check_*.py"))]
    return [path for path in dict.fromkeys(found) if path.is_file()]


def checks_of(folder: Path, question: str) -> dict[str, str]:
    """Return the ids and titles of a question's checks in a folder, in the files' order."""
    found: dict[str, str] = {}
    for path in check_files_in(folder, question):
        found.update(checks_in(path))
    return found


def checks_in(path: Path) -> dict[str, str]:
    """Return the ids and titles of the checks in a file, which is not run; {} if it is missing."""
    if not path.is_file():
        return {}
    try:
        module = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        raise RubricError(f"{path}: not valid Python: {error}") from None
    found = {}
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("check_"):
            check_id = node.name.removeprefix("check_")
            documentation = ast.get_docstring(node) or check_id.replace("_", " ")
            found[check_id] = documentation.splitlines()[0]
    return found


def slips_of_files(assignment: Assignment) -> Iterator[str]:
    """Say which files and folders are missing."""
    for path in (assignment.solutions, assignment.visible_checks, assignment.staff_checks):
        if not path.is_dir():
            yield f"the folder {path.relative_to(assignment.root)} is missing"
    if assignment.stand_ins is not None and not assignment.stand_ins.is_file():
        yield f"the file {assignment.stand_ins.relative_to(assignment.root)} is missing"


def slips_of_questions(assignment: Assignment) -> Iterator[str]:
    """Say where questions, checks, points and the notebook disagree."""
    ids = [question.id for question in assignment.questions]
    answers = [question.answer for question in assignment.questions]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"question {name!r} is there {ids.count(name)} times"
    for name, longer in sorted(permutations(set(ids), 2)):
        if longer.startswith(f"{name}_"):
            yield (
                f"question {name!r}: check_{longer}.py could be a part of its checks, or those of "
                f"question {longer!r}; give one of the two another id"
            )
    cells = {cell.grade_id: cell for cell in assignment.source_cells.cells if cell.grade_id}
    for question in assignment.questions:
        where = f"question {question.id!r}"
        for name in question.needs:
            if name not in answers[: ids.index(question.id)]:
                yield f"{where}: needs {name!r}, which is not the answer of an earlier question"
            elif not _has_stand_in(assignment, name):
                yield f"{where}: needs {name!r}, for which there is no stand-in"
        if question.id not in cells:
            yield f"{where}: {assignment.notebook} has no cell with this grade_id"
        yield from _slips_of_points(assignment, question)


def _slips_of_points(assignment: Assignment, question: Question) -> Iterator[str]:
    where = f"question {question.id!r}"
    times = Counter(check for path in assignment.check_files(question) for check in checks_in(path))
    for check in sorted(check for check in times if times[check] > 1):
        yield f"{where}: the check {check!r} is in {times[check]} of its files; rename one"
    for check in sorted(question.titles.keys() - question.points.keys()):
        yield f"{where}: the check {check!r} has no points (0 is allowed)"
    for check in sorted(question.points.keys() - question.titles.keys()):
        yield f"{where}: points for {check!r}, but no check_{question.id}.py defines check_{check}"
    cells = assignment.source_cells.cells
    grade_cells = [cell for cell in cells if cell.grade_id == GRADE_CELL + question.id]
    if not grade_cells:
        yield f"{where}: {assignment.notebook} has no grade cell {GRADE_CELL}{question.id}"
    elif abs(question.max_score - grade_cells[0].points) > 1e-9:
        yield (
            f"{where}: the points add up to {question.max_score:g}, "
            f"its grade cell in {assignment.notebook} has {grade_cells[0].points:g}"
        )


def _has_stand_in(assignment: Assignment, name: str) -> bool:
    if assignment.stand_ins is None or not assignment.stand_ins.is_file():
        return False
    try:
        return bool(assignment.stand_in(name))
    except KeyError:
        return False
