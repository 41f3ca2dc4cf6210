"""Find and load a course's rubric file."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.assignment.check_files import check_files_in, parse, read_checks
from autograder.assignment.criteria import MENDS, consequence_of, criterion_of
from autograder.assignment.digest import hash_files
from autograder.assignment.model import Assignment, Mend, Question, RubricError
from autograder.assignment.rubric_validation import (
    FOLDERS,
    file_errors,
    question_errors,
    shape_errors,
    unknown_cells,
)
from autograder.notebooks.reader import NotebookCell, Unreadable, read
from autograder.notebooks.stubs import released_stub, without_whitespace
from autograder.sandbox.budgets import budgets_of
from autograder.support.files import printable_name

RUBRIC = "rubric.toml"


def rubric_in(folder: Path) -> Path:
    """Return the path of a course's rubric, whether it exists or not."""
    return folder / RUBRIC


def find_rubric(start: Path | None = None) -> Path:
    """Return the rubric of the course that contains `start` (by default the working folder).

    Outside of every course this is the rubric of the checkout that the package is installed from.

    Raises:
        RubricError: If there is none, or if the course lies within another one: a rubric and checks
            below a course may be what a student handed in, and checks run in the grader itself.
    """
    start = (start or Path.cwd()).resolve()
    installed_from = Path(__file__).resolve().parents[2]
    found = [path for path in map(rubric_in, (start, *start.parents)) if path.is_file()]
    if len(found) > 1:
        inner, outer = (printable_name(str(path.parent), 200) for path in (found[0], found[-1]))
        raise RubricError(
            f"{inner} has a {RUBRIC} within the course {outer}, so a student may have handed it in:"
            f" run this in {outer}, or give --rubric PATH"
        )
    if found:
        return found[0]
    if rubric_in(installed_from).is_file():
        return rubric_in(installed_from)
    raise RubricError(
        f"no {RUBRIC} in {start} or above it: run this inside a course, or give --rubric PATH"
    )


def load_to_grade(graded: Iterable[Path], rubric: Path | None = None) -> Assignment:
    """Load the assignment that some paths are graded by; its rubric must not lie in one of them.

    Args:
        graded: The paths of the command line: notebooks, and folders of submissions.
        rubric: The rubric file; by default that of the course around the working folder.

    Raises:
        RubricError: As `load`, and if the rubric lies in one of the paths, or was found beside what
            is graded.
    """
    path = (rubric or find_rubric()).resolve()
    graded = list(graded)
    # The paths as they are named, and the targets of links. Path.resolve raises on a link to
    # itself.
    places = [Path(where(one)) for one in graded for where in (os.path.abspath, os.path.realpath)]
    _refuse_inside(path, places)
    assignment = load(path)
    _refuse_inside(assignment.root, places)
    if rubric is None:
        _refuse_beside(assignment, places)
    return assignment


def _refuse_inside(path: Path, graded: Iterable[Path]) -> None:
    """Refuse a rubric or a course's root that lies in a graded path."""
    for place in graded:
        if path.is_relative_to(place):
            raise _not_ours(path, f"it lies in {printable_name(str(place), 200)}, which is graded")


def _refuse_beside(assignment: Assignment, graded: Iterable[Path]) -> None:
    """Refuse a rubric that was found in a folder that has the shape of a submission."""
    own = [path for one in assignment.notebooks for path in (one, f"{assignment.name}/{one}")]
    for folder in {assignment.root, assignment.rubric.parent}:
        for place in graded:
            beside = place.parent == folder and os.path.lexists(place)
            if beside and (not place.is_dir() or place.name == assignment.name):
                raise _not_ours(assignment.rubric, "it lies beside what is graded")
        if any(os.path.lexists(folder / name) for name in own):
            raise _not_ours(assignment.rubric, "it lies beside a submission")


def _not_ours(path: Path, reason: str) -> RubricError:
    rubric = printable_name(str(path), 200)
    return RubricError(
        f"{rubric} is not used, for {reason}, and its checks would run in the grader: "
        "run this in the course, or give --rubric PATH of the course"
    )


def load(rubric: Path | None = None) -> Assignment:
    """Load an assignment from its rubric file.

    Args:
        rubric: The file; by default the one of the course that contains the working folder.

    Raises:
        RubricError: If the rubric has errors, with all of them at once: unknown keys, missing
            files, points that do not add up to those of the notebook's grade cells, checks without
            a criterion, criteria with unknown checks, autograded cells without a question.
    """
    path = (rubric or find_rubric()).resolve()
    tree = _parse(path)
    _raise_if_any(path, [*shape_errors(tree)])
    root = _root(path, tree)
    folders = {key: root / tree[key] for key in FOLDERS}
    stand_ins = root / tree["stand_ins"] if "stand_ins" in tree else None
    notebook_of = {one["id"]: one.get("notebook", tree["notebook"]) for one in tree["question"]}
    names = dict.fromkeys([tree["notebook"], *notebook_of.values()])
    _raise_if_any(path, [*_missing_notebooks(folders["source"], names)])
    preload = tuple(tree.get("preload", ()))
    budgets = budgets_of(tree.get("budgets", {}))
    check_folders = folders["visible_checks"], folders["staff_checks"]
    cells = {name: _read_cells(folders["source"] / name) for name in names}
    hashes = hash_files(
        root,
        {question: folders["source"] / name for question, name in notebook_of.items()},
        check_folders,
        also=[stand_ins] if stand_ins else [],
        without=[path],
    )
    definitions = _definitions(stand_ins)

    def question(item: Mapping[str, Any]) -> Question:
        id_, needs = item["id"], tuple(item.get("needs", ()))
        visible, hidden = (check_files_in(folder, id_) for folder in check_folders)
        visible_checks = read_checks(visible)
        criteria = tuple(map(criterion_of, item["criterion"]))
        mends = tuple(_mends(item, folders["staff_checks"] / id_ / MENDS))
        checks = sorted(check for criterion in criteria for check in criterion.checks)
        facts = [id_, item["answer"], *needs, *checks, *([one.check, one.use] for one in mends)]
        decisive = json.dumps([facts, hashes[id_], preload, asdict(budgets)])
        return Question(
            id=id_,
            notebook=notebook_of[id_],
            answer=item["answer"],
            needs=needs,
            criteria=criteria,
            consequences=tuple(map(consequence_of, item.get("consequence", ()))),
            mends=mends,
            titles=visible_checks | read_checks(hidden),
            check_files=(*visible, *hidden),
            visible_check_ids=frozenset(visible_checks),
            stand_ins={name: definitions[name].source for name in needs if name in definitions},
            stubs=_stubs(cells[notebook_of[id_]], id_),
            digest=hashlib.sha256(decisive.encode()).hexdigest(),
        )

    assignment = Assignment(
        rubric=path,
        root=root,
        name=tree["assignment"],
        notebook=tree["notebook"],
        cells=cells,
        stand_ins=stand_ins,
        preload=preload,
        questions=tuple(question(item) for item in tree["question"]),
        late=tree.get("late", {}),
        budgets=budgets,
        misnamed_costs=float(tree.get("misnamed_costs", Assignment.misnamed_costs)),
        hints=tree.get("feedback", {}).get("hints", True),
        staff_checks_shown=tree.get("feedback", {}).get("staff_checks", "visible"),
        rubric_sha256=_sha256(path),
        rubric_questions=tuple(notebook_of),
        **folders,
    )
    unknown = unknown_cells(assignment, assignment.source, assignment.name)
    errors = [*file_errors(assignment), *question_errors(assignment), *unknown]
    _raise_if_any(path, errors)
    return assignment


def _raise_if_any(path: Path, errors: list[str]) -> None:
    if errors:
        raise RubricError("\n".join(f"{path.name}: {error}" for error in errors))


def _parse(path: Path) -> dict[str, Any]:
    if path.exists() and not path.is_file():  # reading a pipe would never end
        raise RubricError(f"{path}: is not a file")
    try:
        tree: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RubricError(f"{path}: there is no such rubric file") from None
    except (OSError, ValueError) as error:
        raise RubricError(f"{path}: cannot be read as TOML: {error}") from None
    return tree


def _root(path: Path, tree: Mapping[str, Any]) -> Path:
    """Return the folder that the rubric's paths start from: the nearest with the notebook."""
    for folder in path.parents:
        if (folder / tree["source"] / tree["notebook"]).is_file():
            return folder
    wanted = f"{tree['source']}/{tree['notebook']}"
    raise RubricError(f"{path.name}: the notebook {wanted} is in no folder above this file")


def _missing_notebooks(source: Path, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if not (source / name).is_file():
            yield f"the notebook {name} is missing from {source.name}/"


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise RubricError(f"{path}: cannot be read: {error.strerror}") from None


def _read_cells(notebook: Path) -> tuple[NotebookCell, ...]:
    found = read(notebook.read_bytes())
    if isinstance(found, Unreadable):
        raise RubricError(f"{notebook}: {found.reason}")
    return found.cells


def _stubs(cells: tuple[NotebookCell, ...], question: str) -> frozenset[str]:
    """Return the source's and the release's text of the answer cell, without whitespace."""
    return frozenset(
        without_whitespace(text)
        for cell in cells
        if cell.grade_id == question
        for text in (cell.source, released_stub(cell.source))
    )


@dataclass(frozen=True)
class _Definition:
    """A function or class of a file of the course, to be run with a submission."""

    title: str
    source: str


def _mends(item: Mapping[str, Any], file: Path) -> Iterator[Mend]:
    functions = _definitions(file, whole=True)
    for one in item.get("mend", ()):
        found = functions.get(one["use"], _Definition("", ""))  # `question_errors` reports it
        yield Mend(one["check"], one["use"], found.title, found.source)


def _is_of_the_future(node: ast.stmt) -> bool:
    """Return whether this is a `__future__` import, which other code must not precede."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _definitions(file: Path | None, *, whole: bool = False) -> Mapping[str, _Definition]:
    """Return each definition in a file by its name, with the file's imports or the whole file."""
    if file is None or not file.is_file():  # `file_errors` reports a missing file
        return {}
    body = [node for node in parse(file).body if not _is_of_the_future(node)]
    imports = [node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]
    found = {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            title = (ast.get_docstring(node) or "").partition("\n")[0]
            parts = body if whole else [*imports, node]
            found[node.name] = _Definition(title, "\n".join(map(ast.unparse, parts)))
    return found
