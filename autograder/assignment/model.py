"""What is special to one assignment: its rubric file, read and checked before anything is graded.

The engine knows questions, answers, checks and points; it learns their names here and nowhere else.
"""

from __future__ import annotations

import ast
import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.assignment.rubric_validation import (
    TEXTS,
    RubricError,
    check_files_in,
    checks_of,
    slips_of_files,
    slips_of_questions,
    slips_of_shape,
)
from autograder.notebooks.reader import Notebook, Unreadable, read
from autograder.sandbox.budgets import Budgets, budgets_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


# Where a course may have it; the first is for this checkout, whose folder has the program, too.
RUBRIC = "rubric.toml"


@dataclass(frozen=True)
class Question:
    """One graded answer.

    Attributes:
        id: The grade_id of the answer cell; its checks are in `check_<id>.py` and, if they are
            many, in `check_<id>_<part>.py`.
        answer: The name that the notebook must define.
        needs: Names of other answers that this one uses.
        points: Points by check id, in the order in which results list them.
        titles: What each check claims, by check id.
    """

    id: str
    answer: str
    needs: tuple[str, ...]
    points: Mapping[str, float]
    titles: Mapping[str, str]

    @property
    def max_score(self) -> float:
        """The points of all checks together."""
        return sum(self.points.values())


@dataclass(frozen=True)
class Assignment:
    """An assignment as its rubric describes it; all paths are absolute.

    Attributes:
        late: What lateness costs in nbgrader's gradebook; empty if nothing.
        hints: Whether students see the hints.
        staff_checks_shown: When Gradescope shows the checks that only staff have, in its words.
        budgets: What one submission may cost in time and memory.
    """

    rubric: Path
    root: Path
    name: str
    notebook: str
    source: Path
    solutions: Path
    visible_checks: Path
    staff_checks: Path
    stand_ins: Path | None
    preload: tuple[str, ...]
    questions: tuple[Question, ...]
    late: Mapping[str, float] = field(default_factory=dict)
    hints: bool = True
    staff_checks_shown: str = "visible"
    budgets: Budgets = field(default_factory=Budgets)

    @property
    def source_notebook(self) -> Path:
        """The notebook with the stubs, as the course keeps it."""
        return self.source / self.notebook

    @property
    def rubric_below(self) -> Path:
        """The rubric's place below the course's root."""
        return place_below(self.root, self.rubric)

    @property
    def release(self) -> Path:
        """The folder that students get."""
        return self.root / "release" / self.name

    @property
    def max_score(self) -> float:
        """The points of all questions together."""
        return sum(question.max_score for question in self.questions)

    @cached_property
    def source_cells(self) -> Notebook:
        """The source notebook, read once."""
        found = read(self.source_notebook.read_bytes())
        if isinstance(found, Unreadable):
            raise RubricError(f"{self.source_notebook}: {found.reason}")
        return found

    def check_files(self, question: Question) -> list[Path]:
        """Return the files with a question's checks: those that students see, then staff's."""
        folders = self.visible_checks, self.staff_checks
        return [path for folder in folders for path in check_files_in(folder, question.id)]

    def visible_check_ids(self, question: Question) -> set[str]:
        """Return the ids of the checks of a question that students have."""
        return set(checks_of(self.visible_checks, question.id))

    def stand_in(self, name: str) -> str:
        """Return the source of the stand-in for an answer: the file's imports and that definition.

        Raises:
            KeyError: If there is none.
        """
        if self.stand_ins is None:
            raise KeyError(name)
        module = ast.parse(self.stand_ins.read_text(encoding="utf-8"))
        imports = [node for node in module.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        for node in module.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
                return "\n".join(ast.unparse(part) for part in [*imports, node])
        raise KeyError(name)

    @cached_property
    def digest(self) -> str:
        """A hash of all that decides a grade besides the submission: questions, checks, points."""
        told = [[self.question_digest(one), list(one.points.items())] for one in self.questions]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def question_digest(self, question: Question) -> str:
        """Return a hash of all that decides the outcomes of a question's checks; not of points.

        It changes with the question's own check files and with what all questions share, but not
        with the check file of another question: check files import helpers, never each other.
        """
        told = [question.id, question.answer, *question.needs, *sorted(question.points)]
        own = _hash_of(self.root, self.check_files(question))
        decides = [told, own, self._shared, asdict(self.budgets)]
        return hashlib.sha256(json.dumps(decides).encode()).hexdigest()

    @cached_property
    def _shared(self) -> str:
        """A hash of what every question is graded with: setup, helpers, data, stand-ins."""
        folders = (self.source, self.visible_checks, self.staff_checks)
        paths = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
        if self.stand_ins:
            paths.add(self.stand_ins)
        own = {path for question in self.questions for path in self.check_files(question)}
        shared = {path for path in paths - own - {self.rubric} if not is_litter(self.root, path)}
        other_notebooks = set(self.source.rglob("*.ipynb")) - {self.source_notebook}
        return _hash_of(self.root, shared - other_notebooks) + json.dumps(self.preload)


def is_litter(root: Path, path: Path) -> bool:
    """Say whether a file is one that Python or an editor leaves behind."""
    parts = place_below(root, path).parts
    return any(part == "__pycache__" or part.startswith(".") for part in parts)


def place_below(root: Path, path: Path) -> Path:
    """Return where a path is below `root`; its name alone if it is not."""
    return path.relative_to(root) if path.is_relative_to(root) else Path(path.name)


def _hash_of(root: Path, paths: Iterable[Path]) -> str:
    """Return a hash of files and of where they are below `root`."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(place_below(root, path).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def rubric_in(folder: Path) -> Path:
    """Return the path of a course's rubric, which need not exist."""
    return folder / RUBRIC


def find_rubric(start: Path | None = None) -> Path:
    """Return the rubric of the course around `start` (the working folder if None).

    Outside every course it is the rubric of the checkout that this package is installed from.

    Raises:
        RubricError: If there is none.
    """
    start = (start or Path.cwd()).resolve()
    installed_from = Path(__file__).resolve().parents[2]
    for folder in (start, *start.parents, installed_from):
        if rubric_in(folder).is_file():
            return rubric_in(folder)
    raise RubricError(
        f"no {RUBRIC} in {start} or above it: run this inside a course, or give --rubric PATH"
    )


def load(rubric: Path | None = None) -> Assignment:
    """Read a rubric file, the course's own one if None.

    Raises:
        RubricError: For every slip in it at once: unknown keys, missing files, points that do not
            add up to those of the notebook's grade cells, checks without points, points without
            a check.
    """
    path = (rubric or find_rubric()).resolve()
    tree = _parse(path)
    slips = [*slips_of_shape(tree)]
    if slips:
        raise _slipped(path, slips)
    root = _root(path, tree)
    folders = {key: root / tree[key] for key in TEXTS[2:]}
    stand_ins = root / tree["stand_ins"] if "stand_ins" in tree else None
    assignment = Assignment(
        rubric=path,
        root=root,
        name=tree["assignment"],
        notebook=tree["notebook"],
        stand_ins=stand_ins,
        preload=tuple(tree.get("preload", ())),
        questions=tuple(_question(item, folders) for item in tree["question"]),
        late=tree.get("late", {}),
        budgets=budgets_of(tree.get("budgets", {})),
        hints=tree.get("feedback", {}).get("hints", True),
        staff_checks_shown=tree.get("feedback", {}).get("staff_checks", "visible"),
        **folders,
    )
    slips = [*slips_of_files(assignment), *slips_of_questions(assignment)]
    if slips:
        raise _slipped(path, slips)
    return assignment


def _slipped(path: Path, slips: list[str]) -> RubricError:
    return RubricError("\n".join(f"{path.name}: {slip}" for slip in slips))


def _parse(path: Path) -> dict[str, Any]:
    try:
        tree: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RubricError(f"{path}: there is no such rubric file") from None
    except (OSError, ValueError) as error:
        raise RubricError(f"{path}: cannot be read as TOML: {error}") from None
    return tree


def _root(path: Path, tree: Mapping[str, Any]) -> Path:
    """Return the folder that the rubric's paths start from: the nearest that has the notebook."""
    for folder in path.parents:
        if (folder / tree["source"] / tree["notebook"]).is_file():
            return folder
    wanted = f"{tree['source']}/{tree['notebook']}"
    raise _slipped(path, [f"the notebook {wanted} is in no folder above this file"])


def _question(item: Mapping[str, Any], folders: Mapping[str, Path]) -> Question:
    titles: dict[str, str] = {}
    for folder in (folders["visible_checks"], folders["staff_checks"]):
        titles.update(checks_of(folder, item["id"]))
    points = {check: float(value) for check, value in item["points"].items()}
    return Question(item["id"], item["answer"], tuple(item.get("needs", ())), points, titles)
