"""Preprocessors that release and grade through this program."""

# mypy: disable-error-code="import-untyped, misc, no-untyped-call"
# nbgrader and nbconvert have no type hints.
from __future__ import annotations

import atexit
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Unicode

from autograder.assignment.model import Assignment
from autograder.assignment.outline import outline_of
from autograder.assignment.rubric_validation import GRADE_CELL
from autograder.authoring.release import copy_checkkit
from autograder.integrations.nbgrader.collected import assignment_in, submission_of
from autograder.integrations.nbgrader.repair import Resources
from autograder.integrations.nbgrader.unknown_cells import is_autograded
from autograder.notebooks.reader import Unreadable
from autograder.notebooks.submitted_file import sha256_of
from autograder.reports.feedback import for_students, in_short, notes_on
from autograder.reports.feedback_page import question_html
from autograder.results.artifacts import reference_artifacts
from autograder.results.files import read_earlier
from autograder.results.model import QuestionResult, Result, StoredArtifact
from autograder.results.reuse import reusable_questions, reuse_result
from autograder.results.scoring import uniform_result
from autograder.runners.submissions import GradingTask, read_submitted
from autograder.support.cpu import use_one_thread

if TYPE_CHECKING:
    from autograder.sandbox import Sandbox


class CopyCheckkit(NbGraderPreprocessor):
    """Copies the package `checkkit` into the release, which must work without an installation.

    Not a `post_convert_hook`: nbgrader only logs an exception of a hook. An exception here fails
    the command, and nbgrader removes the incomplete release.
    """

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        """Copy the package beside the notebook, which stays as it is."""
        coursedir = self.parent.parent.coursedir
        assignment = resources["nbgrader"]["assignment"]
        copy_checkkit(Path(coursedir.format_path(coursedir.release_directory, ".", assignment)))
        return notebook, resources


class GradeInSandbox(Execute):
    """Grades the submitted bytes and writes score and reasons into the grade cells.

    What is graded is the submitted file, not the notebook that nbgrader has modified by then. As a
    subclass of Execute it is disabled by whatever disables that, such as `--no-execute`.
    """

    results = Unicode(
        "results", help="The results folder of `autograder grade`; valid results are reused."
    ).tag(config=True)

    def preprocess(
        self, notebook: NotebookNode, resources: Resources, **_unused: object
    ) -> tuple[NotebookNode, Resources]:
        """Fill in the grade cells of one submission; no student code runs in this process."""
        names = resources["nbgrader"]
        coursedir = self.parent.parent.coursedir
        assignment = assignment_in(Path(coursedir.root))
        graded = assignment.notebooks if names["assignment"] == assignment.name else ()
        if f"{names['notebook']}.ipynb" not in graded:
            return notebook, resources  # written answers only, which are graded in formgrader
        result = _grade(coursedir, names["student"], assignment, self.results)
        result = for_students(result, hints=assignment.hints)
        if f"{names['notebook']}.ipynb" == assignment.notebook:  # once for a submission
            self.log.info("%s: %s of %s points", result.student, result.score, result.max_score)
        names["needs_manual_grade"] = result.status != "graded"
        reference = reference_artifacts(assignment.solutions)
        sections = outline_of(assignment).sections
        questions = {GRADE_CELL + question.id: question for question in result.questions}
        for cell in notebook.cells:
            question = questions.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
            if question is not None and is_autograded(cell):
                points = float(cell.metadata.nbgrader["points"])
                shown = reference.get(question.id, ()), sections.get(question.id, "")
                cell.outputs = _outputs(question, result, points, *shown)
                cell.execution_count = 1
        return notebook, resources


class RequestManualGrade(NbGraderPreprocessor):
    """Removes the scores of a submission that could not be graded, and asks for a manual grade."""

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        """Set the flag on every grade of the notebook in the gradebook, without a score."""
        names = resources["nbgrader"]
        if names.get("needs_manual_grade"):
            with Gradebook(names["db_url"]) as gradebook:
                submission = gradebook.find_submission_notebook(
                    names["notebook"], names["assignment"], names["student"]
                )
                for grade in submission.grades:
                    grade.needs_manual_grade = True
                    grade.auto_score = None
                gradebook.db.commit()
        return notebook, resources


_latest: dict[tuple[str, str], Result] = {}  # the last result, by student and hash


@cache
def _sandbox(root: Path, forbidden: tuple[Path, ...]) -> Sandbox:
    """Open one sandbox for the process: starting it takes seconds, a submission much less."""
    from autograder.runners.sandbox_startup import open_sandbox  # other commands need no torch

    opened = ExitStack()
    atexit.register(opened.close)
    return opened.enter_context(open_sandbox(assignment_in(root), forbidden=forbidden))


def _grade(
    coursedir: CourseDirectory, student: str, assignment: Assignment, results: str
) -> Result:
    """Return the stored result if it is still valid, or grade the submission."""
    submission = submission_of(coursedir, student, assignment.name)
    notebook = read_submitted(submission)
    if isinstance(notebook, Unreadable):
        return uniform_result(b"", student, assignment, "unreadable", notebook.reason)
    earlier = read_earlier(Path(coursedir.root, results), student)
    kept = reusable_questions(earlier, notebook, assignment, confine=True)
    if whole := reuse_result(earlier, kept, notebook, assignment):
        return whole
    known = student, sha256_of(notebook)
    if known not in _latest:  # nbgrader asks once for each notebook of the assignment
        _latest.clear()
        _latest[known] = _run(coursedir, GradingTask(student, notebook, kept=kept), results)
    return _latest[known].with_repair(submission.repair)


def _run(coursedir: CourseDirectory, task: GradingTask, results: str) -> Result:
    """Grade a submission in a process of its own, as `autograder grade` does.

    So its limits hold for this submission only.
    """
    use_one_thread()
    sandbox = _sandbox(Path(coursedir.root), _of_the_class(coursedir, results))
    from autograder.runners.process_pool import run  # torch: the sandbox must start before

    assignment = assignment_in(Path(coursedir.root))
    (result,) = (step[1] for step in run([task], assignment, sandbox, 1) if step)
    return result


def _of_the_class(coursedir: CourseDirectory, results: str) -> tuple[Path, ...]:
    """Return where nbgrader, as it is configured, keeps what no submission may open."""
    folders = [coursedir.submitted_directory, coursedir.autograded_directory]
    folders += [coursedir.feedback_directory, results]
    exchange = str(coursedir.config.get("Exchange", {}).get("root", ""))
    database = coursedir.db_url.partition("///")[2]
    found = [*(Path(coursedir.root, folder) for folder in folders), Path(exchange), Path(database)]
    return tuple(path for path in found if path != Path())


def _outputs(
    question: QuestionResult,
    result: Result,
    points: float,
    reference: Sequence[StoredArtifact],
    section: str,
) -> list[NotebookNode]:
    """Return the score, the only number that nbgrader reads, and the reasons for people.

    nbgrader gives full points where there is no number. A question without a score gets 0 here,
    which `RequestManualGrade` removes.
    """
    score = min(max(question.score or 0.0, 0.0), points)
    notes = notes_on(result)
    return [
        new_output("execute_result", {"text/plain": repr(score)}, execution_count=1),
        new_output(
            "display_data",
            {
                "text/plain": in_short(question, notes),
                "text/html": question_html(question, notes, reference, section),
            },
        ),
    ]
