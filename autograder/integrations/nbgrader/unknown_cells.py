"""Refuse to release or grade cells to which nbgrader would give full points for nothing.

nbgrader gives an autograded cell all its points unless it has an error among its outputs. Here no
code runs in the notebook, so a cell that the rubric does not know would earn them untouched.
"""

# mypy: disable-error-code="import-untyped, misc, no-untyped-call, union-attr"
# nbgrader and nbconvert have no type hints.
from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import NotebookExporter
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Unicode

from autograder.assignment.rubric import load, rubric_in
from autograder.assignment.rubric_validation import unknown_cells

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.converters.base import BaseConverter

    from autograder.assignment.model import Assignment


class SourceExporter(NotebookExporter):
    """The exporter of `nbgrader generate_assignment`, which is made before it stores anything."""

    root = Unicode(help="The folder of the course, which contains the rubric.").tag(config=True)

    def __init__(self, *arguments: object, **options: object) -> None:
        """Check the source notebooks."""
        super().__init__(*arguments, **options)
        assignment = load(rubric_in(Path(self.root)))
        refuse_unknown_cells(self.parent, assignment, self.parent.coursedir.source_directory)


class RequireScores(NbGraderPreprocessor):
    """Refuses a notebook in which an autograded cell has no score from the sandbox.

    Runs before SaveAutoGrades, also where `--no-execute` has disabled the grading.
    """

    def preprocess(
        self, notebook: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Raise an error before nbgrader saves points that nobody earned."""
        for cell in notebook.cells:
            if is_autograded(cell) and not any(
                output.output_type == "execute_result" for output in cell.outputs
            ):
                raise NbGraderException(
                    f"{resources['nbgrader']['notebook']}.ipynb: the sandbox gave no score for the "
                    f"cell '{cell.metadata.nbgrader['grade_id']}', which nbgrader would give full "
                    "points; grade it with the rubric and without --no-execute"
                )
        return notebook, resources


def is_autograded(cell: NotebookNode) -> bool:
    """Return whether nbgrader gives a cell points without a person."""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)


def refuse_unknown_cells(converter: BaseConverter, assignment: Assignment, *steps: str) -> None:
    """Raise an error if a notebook has an autograded cell that the rubric does not know.

    Args:
        converter: nbgrader's converter, which has stored nothing yet.
        assignment: The assignment that the rubric describes.
        steps: The folders with the assignments, such as `release`.

    Raises:
        NbGraderException: After every such cell has been logged.
    """
    coursedir = converter.coursedir
    errors = [
        f"{step}/{folder.name}/{error}"
        for step in steps
        for folder in sorted(Path(coursedir.format_path(step, ".", ".")).glob("*/"))
        if fnmatch.fnmatchcase(folder.name, coursedir.assignment_id)
        for error in unknown_cells(assignment, folder, folder.name)
    ]
    for error in errors:
        converter.log.error(error)
    if errors:
        raise NbGraderException(errors[0])
