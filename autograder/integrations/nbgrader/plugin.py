"""Let nbgrader reach its scores through our grading: nbgrader_config.py calls `configure`.

nbgrader keeps its gradebook, its feedback and formgrader; only the step that would run the
student's notebook in the open is replaced. What is graded are the submitted bytes themselves, not
the notebook that nbgrader has meanwhile worked on.
"""

# mypy: disable-error-code="import-untyped, misc, no-untyped-call"
# nbgrader and nbconvert carry no types.
from __future__ import annotations

import atexit
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Unicode

from autograder.assignment.model import Assignment, load, rubric_in
from autograder.assignment.rubric_validation import GRADE_CELL
from autograder.authoring.release import put_tools_on_path
from autograder.integrations.nbgrader import feedback_exporter
from autograder.integrations.nbgrader.lms_collector import PATTERN
from autograder.notebooks.reader import STUB
from autograder.reports import feedback
from autograder.results.artifacts import of_course
from autograder.results.model import read_earlier
from autograder.results.reuse import kept_questions, still_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    from autograder.integrations.nbgrader.repair import Resources
    from autograder.results.model import QuestionResult, Result, Shown
    from autograder.sandbox import Sandbox

_SANITIZE = (
    "autograder.integrations.nbgrader.repair.RepairCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
)
_AUTOGRADE = (
    "autograder.integrations.nbgrader.plugin.GradeInSandbox",  # in the place of nbgrader's Execute
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "autograder.integrations.nbgrader.plugin.AskAHuman",  # SaveAutoGrades clears the flag that it sets
    "nbgrader.preprocessors.AssignLatePenalties",
    "autograder.integrations.nbgrader.escape_html.EscapeHtml",
    "nbgrader.preprocessors.CheckCellMetadata",
)


def configure(config: Config, root: Path) -> None:
    """Set what makes the folder `root` a course that is graded by this program."""
    put_tools_on_path()
    assignment = load(rubric_in(root))
    config.CourseDirectory.root = str(root)
    config.ClearSolutions.code_stub = {"python": STUB}
    # What is released is always made anew from the source; it is never edited by hand.
    config.GenerateAssignment.force = True
    config.Autograde.exporter_class = "autograder.integrations.nbgrader.repair.ForgivingExporter"
    config.Autograde.sanitize_preprocessors = list(_SANITIZE)
    config.Autograde.autograde_preprocessors = list(_AUTOGRADE)
    feedback_exporter.configure(config)
    config.ZipCollectApp.collector_plugin = (
        "autograder.integrations.nbgrader.lms_collector.LmsCollector"
    )
    config.FileNameCollectorPlugin.named_regexp = PATTERN
    if assignment.late:
        config.AssignLatePenalties.plugin_class = (
            "autograder.integrations.nbgrader.late_policy.LatePolicy"
        )
        for name, value in assignment.late.items():
            setattr(config.LatePolicy, name, float(value))
    # Nothing is run in autograded/, so what the notebooks import need not be copied there: the
    # data alone would be 4 MB a student.
    given = [path for path in assignment.source.rglob("*") if path.is_file()]
    config.Autograde.exclude_overwriting = {
        assignment.name: sorted(str(path.relative_to(assignment.source)) for path in given)
    }


class GradeInSandbox(Execute):
    """Grades the submitted bytes and writes points and reasons under each grade cell.

    A kind of Execute, so that whatever switches that off (`--no-execute`) switches this off too.
    """

    results = Unicode(
        "results", help="Where `autograder grade` keeps results; what holds there is taken over."
    ).tag(config=True)

    def preprocess(
        self, notebook: NotebookNode, resources: Resources, **_unused: object
    ) -> tuple[NotebookNode, Resources]:
        """Fill in the grade cells of one submission; no code of the student's runs here."""
        names = resources["nbgrader"]
        coursedir = self.parent.parent.coursedir
        assignment = _assignment(Path(coursedir.root))
        if (names["assignment"], f"{names['notebook']}.ipynb") != (
            assignment.name,
            assignment.notebook,
        ):
            return notebook, resources  # written answers only: formgrader is the place for them
        result = _graded(coursedir, names["student"], assignment, self.results)
        result = feedback.for_students(result, hints=assignment.hints)
        self.log.info("%s: %s of %s points", result.student, result.score, result.max_score)
        resources["nbgrader"]["needs_a_human"] = result.status != "graded"
        course = of_course(assignment.solutions)
        questions = {GRADE_CELL + question.id: question for question in result.questions}
        for cell in notebook.cells:
            if is_grade(cell) and not is_solution(cell):
                question = questions[cell.metadata.nbgrader["grade_id"]]
                points = float(cell.metadata.nbgrader["points"])
                cell.outputs = _outputs(question, result, points, course.get(question.id, ()))
                cell.execution_count = 1
        return notebook, resources


class AskAHuman(NbGraderPreprocessor):
    """Marks a submission that could not be graded, so that formgrader asks a human to look."""

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        """Set the flag on each grade of the notebook, in the gradebook."""
        names = resources["nbgrader"]
        if names.get("needs_a_human"):
            with Gradebook(names["db_url"]) as gradebook:
                submission = gradebook.find_submission_notebook(
                    names["notebook"], names["assignment"], names["student"]
                )
                for grade in submission.grades:
                    grade.needs_manual_grade = True
                gradebook.db.commit()
        return notebook, resources


@cache
def _assignment(root: Path) -> Assignment:
    return load(rubric_in(root))


@cache
def _sandbox(root: Path) -> Sandbox:
    """Open the room once for the process: starting it takes seconds, a submission much less."""
    from autograder.runners.sandbox_startup import (
        open_sandbox,  # other nbgrader commands need no torch
    )

    opened = ExitStack()
    atexit.register(opened.close)
    return opened.enter_context(open_sandbox(_assignment(root)))


def _graded(
    coursedir: CourseDirectory, student: str, assignment: Assignment, results: str
) -> Result:
    """Return the result that is there for the same bytes and checks, or grade on the spot."""
    folder = coursedir.format_path(coursedir.submitted_directory, student, assignment.name)
    notebook = Path(folder, assignment.notebook).read_bytes()
    earlier = read_earlier(Path(coursedir.root, results), student)
    kept = kept_questions(earlier, notebook, assignment, confine=True)
    if whole := still_whole(earlier, kept, notebook, assignment):
        return whole
    from autograder.support.cpu import use_one_thread

    use_one_thread()

    sandbox = _sandbox(Path(coursedir.root))
    from autograder.grading.grade import grade  # torch, which the room had to be started before

    return grade(notebook, student, assignment, sandbox, kept)


def _outputs(
    question: QuestionResult, result: Result, points: float, course: Sequence[Shown]
) -> list[NotebookNode]:
    """Return exactly one number, which nbgrader reads, and the reasons, which people read."""
    score = min(max(question.score, 0.0), points)
    above = (result.message, *result.repairs) if result.message else result.repairs
    return [
        new_output("execute_result", {"text/plain": repr(score)}, execution_count=1),
        new_output(
            "display_data",
            {
                "text/plain": feedback.as_text(question, above),
                "text/html": feedback.as_html(question, above, course),
            },
        ),
    ]
