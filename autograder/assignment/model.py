"""Everything that is specific to one assignment, as plain data.

The engine grades questions, answers and checks; it learns their names from here only.
`rubric.load` builds these classes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.notebooks.reader import NotebookCell
from autograder.sandbox.budgets import Budgets
from autograder.support.errors import UsageError
from autograder.support.files import relative_path


class RubricError(UsageError):
    """A rubric file with errors; the message lists all of them, one per line."""


@dataclass(frozen=True)
class Question:
    """One graded answer, with everything that its checks need.

    Attributes:
        id: The grade_id of the answer cell.
        answer: The name that the notebook must define.
        needs: Names of other answers that this answer uses.
        points: Points by check id, in the order in which results list the checks.
        titles: The claim of each check, by check id.
        check_files: The files with the checks: the visible ones, then the hidden ones.
        visible_check_ids: The ids of the checks that students have.
        stand_ins: Source of the stand-in for each answer in `needs`.
        stubs: The texts, without whitespace, of an answer cell that nobody changed.
        digest: A hash of everything that decides the outcomes of the checks. Points are not part
            of it, nor is the submission.
    """

    id: str
    answer: str
    needs: tuple[str, ...]
    points: Mapping[str, float]
    titles: Mapping[str, str]
    check_files: tuple[Path, ...]
    visible_check_ids: frozenset[str]
    stand_ins: Mapping[str, str]
    stubs: frozenset[str]
    digest: str

    @property
    def max_score(self) -> float:
        """The points of all checks together."""
        return sum(self.points.values())


@dataclass(frozen=True)
class Assignment:
    """An assignment as its rubric describes it; all paths are absolute.

    Attributes:
        rubric: The rubric file.
        root: The folder that the paths in the rubric start from.
        source: The folder with the notebooks and what they import.
        source_cells: The cells of the source notebook.
        solutions: The folder of the answer bank.
        visible_checks: The folder of the checks that students have.
        staff_checks: The folder of the hidden checks.
        stand_ins: The file with the stand-ins, if any.
        preload: The modules that workers import before they load a submission.
        late: The late policy for nbgrader's gradebook; empty if there is none.
        hints: Whether students see the hints.
        staff_checks_shown: When Gradescope shows the hidden checks, in Gradescope's words.
        budgets: Limits on the time and memory of one submission.
        rubric_sha256: Hash of the rubric file.
    """

    rubric: Path
    root: Path
    name: str
    notebook: str
    source: Path
    source_cells: tuple[NotebookCell, ...]
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
    rubric_sha256: str = ""

    @property
    def source_notebook(self) -> Path:
        """The notebook with the stubs, from which the release is built."""
        return self.source / self.notebook

    @property
    def relative_rubric(self) -> Path:
        """The rubric's path relative to the course's root."""
        return relative_path(self.root, self.rubric)

    @property
    def release(self) -> Path:
        """The folder that students get."""
        return self.root / "release" / self.name

    @property
    def max_score(self) -> float:
        """The points of all questions together."""
        return sum(question.max_score for question in self.questions)

    @property
    def digest(self) -> str:
        """A hash of everything that decides a grade besides the submission; points included."""
        parts = [[question.digest, list(question.points.items())] for question in self.questions]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
