"""Make any submitted notebook one that nbgrader can take, without touching what was answered.

nbgrader stops at cells whose marks were lost, doubled or damaged, and at files that are no
notebooks. The released notebook says how it should be; the student's cells keep their text.
"""

# nbgrader and nbconvert carry no types, nbconvert some that are wrong.
# mypy: disable-error-code="import-untyped, misc, no-untyped-call, no-any-return"
# mypy: disable-error-code="override, union-attr"
from __future__ import annotations

import copy
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from autograder.notebooks.reader import Notebook, Unreadable, read, squash

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.coursedir import CourseDirectory

Resources = dict[str, Any]


class ForgivingExporter(NotebookExporter):
    """Reads what a student handed in, whatever it is; nbgrader's own reader stops at damage."""

    def from_file(
        self, file_stream: TextIO, resources: Resources | None = None, **options: object
    ) -> tuple[str, Resources]:
        """Convert the notebook in an open file; of a file that is none, the released notebook."""
        found = sound_notebook(file_stream.buffer.read())
        if isinstance(found, Unreadable):
            self.log.warning("Not a notebook, needs a human: %s", found.reason)
            found = _unanswered(_released(self.parent.coursedir, resources or {}), found.reason)
        converted: tuple[str, Resources] = self.from_notebook_node(
            found, resources=resources, **options
        )
        return converted


class RepairCells(NbGraderPreprocessor):
    """Gives cells back the marks, types and places that the released notebook says they have."""

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        """Repair one notebook in place; the first step after it was read."""
        released = _released(self.parent.parent.coursedir, resources)
        for repair in repair_cells(notebook, released):
            self.log.warning("Repaired: %s", repair)
        return notebook, resources


def sound_notebook(data: bytes) -> NotebookNode | Unreadable:
    """Return a valid notebook from the bytes of a file, rebuilt from its cells where need be."""
    found = read(data)
    if isinstance(found, Unreadable):
        return found
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of missing and doubled cell ids: they are mended here
        try:
            notebook = nbformat.reads(data.decode("utf-8-sig"), as_version=4)
            _, notebook = nbformat.validator.normalize(notebook)
            nbformat.validate(notebook)
        except Exception:  # noqa: BLE001 - damage may raise anything
            return _rebuilt(found)
        return notebook


def _rebuilt(found: Notebook) -> NotebookNode:
    """Return a notebook made anew from what could be read: texts and grade_ids."""
    make = {
        "code": nbformat.v4.new_code_cell,
        "markdown": nbformat.v4.new_markdown_cell,
        "raw": nbformat.v4.new_raw_cell,
    }
    cells = []
    for cell in found.cells:
        marks = {"nbgrader": {"grade_id": cell.grade_id}} if cell.grade_id else {}
        cells.append(make[cell.kind](cell.source, metadata=marks))
    return nbformat.v4.new_notebook(cells=cells)


def _unanswered(released: NotebookNode, reason: str) -> NotebookNode:
    """Return the released notebook with the reason on top, and in each place for words.

    The words keep nbgrader from taking a written answer that nobody could read for none at all.
    """
    note = f"**The submitted file could not be read.** {reason}"
    for cell in released.cells:
        if is_grade(cell) and is_solution(cell):
            cell.source = note
    released.cells.insert(0, nbformat.v4.new_markdown_cell(note))
    return released


def _released(coursedir: CourseDirectory, resources: Resources) -> NotebookNode:
    """Return the notebook as it was released, from the course that nbgrader works in."""
    names = resources["nbgrader"]
    folder = coursedir.format_path(coursedir.release_directory, ".", names["assignment"])
    path = Path(folder, f"{names['notebook']}.ipynb")
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def repair_cells(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Repair the cells that nbgrader looks at, in place; return what was done."""
    ours = {cell.metadata.nbgrader["grade_id"]: cell for cell in released.cells if _marks(cell)}
    keep = _one_for_each(notebook, ours)
    repairs: list[str] = []
    for index, cell in enumerate(notebook.cells):
        grade_id = str(_marks(cell).get("grade_id"))
        cell.metadata.pop("nbgrader", None)
        if grade_id not in ours:
            continue
        if keep[grade_id] != index:
            repairs.append(f"cell '{grade_id}' is there more than once; the last answer counts")
            continue
        model = ours[grade_id]
        if cell.cell_type != model.cell_type:
            repairs.append(f"cell '{grade_id}' had become {cell.cell_type}")
            _retype(cell, model.cell_type)
        cell.metadata["nbgrader"] = copy.deepcopy(model.metadata.nbgrader)
    repairs += _put_back(notebook, released, set(ours) - set(keep))
    return repairs


def _marks(cell: NotebookNode) -> dict[str, Any]:
    marks = cell.metadata.get("nbgrader")
    return marks if isinstance(marks, dict) and isinstance(marks.get("grade_id"), str) else {}


def _one_for_each(notebook: NotebookNode, ours: dict[str, NotebookNode]) -> dict[str, int]:
    """Return the place of the cell to keep for each grade_id: the last that is not as released."""
    keep: dict[str, int] = {}
    for index, cell in enumerate(notebook.cells):
        grade_id = str(_marks(cell).get("grade_id"))
        if grade_id in ours and (
            grade_id not in keep or squash(cell.source) != squash(ours[grade_id].source)
        ):
            keep[grade_id] = index
    return keep


def _retype(cell: NotebookNode, kind: str) -> None:
    cell.cell_type = kind
    if kind == "code":
        cell.outputs, cell.execution_count = [], None
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _put_back(notebook: NotebookNode, released: NotebookNode, missing: set[str]) -> list[str]:
    """Put cells that are missing behind the cell that they follow in the released notebook."""
    place, repairs = 0, []
    for cell in released.cells:
        grade_id = _marks(cell).get("grade_id")
        if grade_id is None:
            continue
        if grade_id in missing:
            notebook.cells.insert(place, copy.deepcopy(cell))
            repairs.append(f"cell '{grade_id}' was missing and is put back as released")
        places = [
            i for i, other in enumerate(notebook.cells) if _marks(other).get("grade_id") == grade_id
        ]
        place = places[0] + 1 if places else place
    return repairs
