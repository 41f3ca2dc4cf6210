"""Everything that is specific to one assignment, as plain data.

The engine grades questions, answers and checks; it learns their names from here only.
`rubric.load` builds these classes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from autograder.notebooks.reader import NotebookCell
from autograder.sandbox.budgets import Budgets
from autograder.support.errors import UsageError
from autograder.support.files import relative_path


class RubricError(UsageError):
    """A rubric file with errors; the message lists all of them, one per line."""


@dataclass(frozen=True)
class Level:
    """A part of a criterion's points for an answer that does not meet all of it.

    Attributes:
        points: The points for it, less than the criterion's.
        passed: Ids of the criterion's checks that the answer must pass.
    """

    points: float
    passed: tuple[str, ...]


@dataclass(frozen=True)
class Criterion:
    """What an instructor gives points for; checks decide whether an answer meets it.

    Attributes:
        id: Its name within the question.
        title: What the answer must do, in a student's words.
        points: Its points.
        checks: Ids of the checks that decide it. An answer that passes all of them gets all points.
        partial: Levels with a part of the points.
    """

    id: str
    title: str
    points: float
    checks: tuple[str, ...]
    partial: tuple[Level, ...] = ()


@dataclass(frozen=True)
class Consequence:
    """Checks that fail because another check fails, so that one mistake costs points once.

    If a check of `of` failed and all of `if_passed` passed, then the failures of `checks` do not
    count. `if_passed` is the evidence that nothing else is wrong.
    """

    of: tuple[str, ...]
    checks: tuple[str, ...]
    if_passed: tuple[str, ...]


@dataclass(frozen=True)
class Mend:
    """A repair of one mistake, with which the other criteria can still be judged.

    Attributes:
        check: Id of the check whose failure the mend repairs. Its criterion stays lost.
        use: The name of the function that takes the answer and returns the mended one.
        title: What it does, the first line of the function's docstring.
        source: The source of the function, with its imports. It runs with the submission.
    """

    check: str
    use: str
    title: str
    source: str


@dataclass(frozen=True)
class Question:
    """One graded answer, with everything that its checks need.

    Attributes:
        id: The grade_id of the answer cell.
        notebook: The file name of the notebook with that cell.
        answer: The name that the notebook must define.
        needs: Names of other answers in the notebook that this answer uses.
        criteria: What points are given for, in the order in which results list them.
        consequences: Which failures do not count beside which others.
        mends: The repairs that are tried on an answer that fails their check.
        titles: The claim of each check, by check id.
        check_files: The files with the checks: the visible ones, then the hidden ones.
        visible_check_ids: The ids of the checks that students have.
        stand_ins: Source of the stand-in for each answer in `needs`.
        stubs: The texts, without whitespace, of an answer cell that nobody changed.
        digest: A hash of everything that decides the outcomes of the checks. Points are not part
            of it, nor is the submission.
    """

    id: str
    notebook: str
    answer: str
    needs: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    consequences: tuple[Consequence, ...]
    mends: tuple[Mend, ...]
    titles: Mapping[str, str]
    check_files: tuple[Path, ...]
    visible_check_ids: frozenset[str]
    stand_ins: Mapping[str, str]
    stubs: frozenset[str]
    digest: str

    @property
    def max_score(self) -> float:
        """The points of all criteria together."""
        return sum(criterion.points for criterion in self.criteria)

    @property
    def check_ids(self) -> tuple[str, ...]:
        """The ids of all checks, criterion by criterion."""
        return tuple(check for criterion in self.criteria for check in criterion.checks)


@dataclass(frozen=True)
class Assignment:
    """An assignment as its rubric describes it; all paths are absolute.

    Attributes:
        rubric: The rubric file.
        root: The folder that the paths in the rubric start from.
        notebook: The file name of the assignment's main notebook.
        source: The folder with the notebooks and what they import.
        cells: The cells of each source notebook that has questions, by file name.
        solutions: The folder of the answer bank.
        visible_checks: The folder of the checks that students have.
        staff_checks: The folder of the hidden checks.
        stand_ins: The file with the stand-ins, if any.
        preload: The modules that workers import before they load a submission.
        late: The late policy for nbgrader's gradebook; empty if there is none.
        hints: Whether students see the hints.
        staff_checks_shown: When Gradescope shows the hidden checks, in Gradescope's words.
        budgets: Limits on the time and memory of one submission.
        misnamed_costs: The points that a question loses if its answer has another name.
        rubric_sha256: Hash of the rubric file.
        rubric_questions: The ids of all questions in the rubric; those of a part are fewer.
    """

    rubric: Path
    root: Path
    name: str
    notebook: str
    source: Path
    cells: Mapping[str, tuple[NotebookCell, ...]]
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
    misnamed_costs: float = 1.0
    rubric_sha256: str = ""
    rubric_questions: tuple[str, ...] = ()

    @property
    def source_notebook(self) -> Path:
        """The main notebook with the stubs, from which the release is built."""
        return self.source / self.notebook

    @property
    def source_cells(self) -> tuple[NotebookCell, ...]:
        """The cells of the main source notebook."""
        return self.cells[self.notebook]

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The file names of the notebooks that have questions, in the order of the questions."""
        return tuple(dict.fromkeys(question.notebook for question in self.questions))

    @property
    def parts(self) -> tuple[Assignment, ...]:
        """The assignment as assignments of one notebook each, in the order of `notebooks`."""
        return tuple(
            replace(
                self,
                notebook=name,
                questions=tuple(one for one in self.questions if one.notebook == name),
            )
            for name in self.notebooks
        )

    @property
    def main(self) -> Assignment:
        """The assignment reduced to its main notebook."""
        return next(part for part in self.parts if part.notebook == self.notebook)

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
        parts = [
            [
                question.digest,
                [asdict(criterion) for criterion in question.criteria],
                [asdict(consequence) for consequence in question.consequences],
            ]
            for question in self.questions
        ]
        return hashlib.sha256(json.dumps([parts, self.misnamed_costs]).encode()).hexdigest()
