"""Repair submitted notebooks so that nbgrader can process them, without changing any answer.

nbgrader fails on cells whose nbgrader metadata is missing, duplicated or damaged, and on files that
are not notebooks. Metadata is restored from the released notebook; cells keep the student's text.
"""

# nbgrader has no type hints; some of nbconvert's are wrong.
# mypy: disable-error-code="import-untyped, misc, no-untyped-call, no-any-return"
# mypy: disable-error-code="override, union-attr, return-value"
from __future__ import annotations

import copy
import json
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from autograder.integrations.nbgrader.collected import prepare, submitted
from autograder.notebooks.reader import Notebook, Unreadable, read
from autograder.notebooks.stubs import without_whitespace

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.coursedir import CourseDirectory

Resources = dict[str, Any]
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class ForgivingExporter(NotebookExporter):
    """Reads any submitted file; nbgrader's own reader fails on damaged notebooks."""

    def __init__(self, *arguments: object, **options: object) -> None:
        """Prepare the converter that this exporter belongs to, which has found its notebooks."""
        super().__init__(*arguments, **options)
        prepare(self.parent)

    def from_filename(
        self, filename: str, resources: Resources | None = None, **options: object
    ) -> tuple[str, Resources]:
        """Convert a notebook, or the released one if what was handed in is not a notebook."""
        resources = resources or {}
        names, coursedir = resources["nbgrader"], self.parent.coursedir
        if not self.parent._sanitizing:  # noqa: SLF001 - the second pass reads what the first wrote
            return super().from_filename(filename, resources, **options)
        path = Path(filename)
        data, renamed = submitted(coursedir, names["student"], names["assignment"], path.name)
        found = data if isinstance(data, Unreadable) else sound_notebook(data)
        if isinstance(found, Unreadable):
            self.log.warning("Not a notebook, grade it manually: %s", found.reason)
            found = _unanswered(released_notebook(coursedir, resources), found.reason)
        elif renamed:
            self.log.warning("Renamed: %s", renamed)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        converted: tuple[str, Resources] = self.from_notebook_node(
            found, resources=resources, **options
        )
        return converted


class RepairCells(NbGraderPreprocessor):
    """Restores metadata, types and positions of cells from the released notebook."""

    def preprocess(
        self, notebook: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        """Repair one notebook in place, as the first step after reading it."""
        released = released_notebook(self.parent.parent.coursedir, resources)
        for repair in repair_cells(notebook, released):
            self.log.warning("Repaired: %s", repair)
        return notebook, resources


def sound_notebook(data: bytes) -> NotebookNode | Unreadable:
    """Return the valid notebook in a file, rebuilt from its cells if necessary."""
    found = read(data)
    if isinstance(found, Unreadable):
        return found
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # about missing and duplicate cell ids, which are repaired here
        try:
            notebook = nbformat.reads(_encodable(data.decode("utf-8-sig")), as_version=4)
            _, notebook = nbformat.validator.normalize(notebook)
            nbformat.validate(notebook)
        except Exception:  # noqa: BLE001 - a damaged notebook can raise anything
            return _rebuilt(found)
        return notebook


def _encodable(text: str) -> str:
    r"""Return JSON without lone surrogates (`"\ud800"`), which cannot be written to a file."""
    if not _SURROGATE.search(text):
        return text
    tree = json.dumps(json.loads(text), ensure_ascii=False)
    return tree.encode(errors="replace").decode()


def _rebuilt(found: Notebook) -> NotebookNode:
    """Return a new notebook with the texts and grade_ids that could be read."""
    make = {
        "code": nbformat.v4.new_code_cell,
        "markdown": nbformat.v4.new_markdown_cell,
        "raw": nbformat.v4.new_raw_cell,
    }
    cells = []
    for cell in found.cells:
        metadata = {"nbgrader": {"grade_id": cell.grade_id}} if cell.grade_id else {}
        source = cell.source.encode(errors="replace").decode()
        cells.append(make[cell.kind](source, metadata=metadata))
    return nbformat.v4.new_notebook(cells=cells)


def _unanswered(released: NotebookNode, reason: str) -> NotebookNode:
    """Return the released notebook with the reason at the top and in every written answer.

    Without the reason there, nbgrader would score the unread answers 0, as unanswered.
    """
    note = f"**The submitted file could not be read.** {reason}"
    for cell in released.cells:
        if is_grade(cell) and is_solution(cell):
            cell.source = note
    released.cells.insert(0, nbformat.v4.new_markdown_cell(note))
    return released


def released_notebook(coursedir: CourseDirectory, resources: Resources) -> NotebookNode:
    """Return the released notebook of the course that nbgrader works in."""
    return _own_notebook(coursedir, resources, coursedir.release_directory)


def source_notebook(coursedir: CourseDirectory, resources: Resources) -> NotebookNode:
    """Return the source of that notebook, with its mark schemes."""
    return _own_notebook(coursedir, resources, coursedir.source_directory)


def _own_notebook(coursedir: CourseDirectory, resources: Resources, step: str) -> NotebookNode:
    names = resources["nbgrader"]
    folder = coursedir.format_path(step, ".", names["assignment"])
    path = Path(folder, f"{names['notebook']}.ipynb")
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def repair_cells(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Repair the cells that nbgrader processes, in place; return a note for each repair."""
    notebook.metadata = copy.deepcopy(released.metadata)
    ours = {cell.metadata.nbgrader["grade_id"]: cell for cell in released.cells if _metadata(cell)}
    keep = _index_to_keep(notebook, ours)
    repairs: list[str] = []
    for index, cell in enumerate(notebook.cells):
        grade_id = str(_metadata(cell).get("grade_id"))
        cell.metadata = nbformat.NotebookNode()  # nbgrader's pages read widgets, tags and lexers
        if grade_id not in ours:
            continue
        if keep[grade_id] != index:
            repairs.append(f"cell '{grade_id}' occurs more than once; the last answer counts")
            continue
        model = ours[grade_id]
        if cell.cell_type != model.cell_type:
            repairs.append(f"cell '{grade_id}' had the type {cell.cell_type}")
            _retype(cell, model.cell_type)
        cell.metadata = copy.deepcopy(model.metadata)
    repairs += _insert_missing(notebook, released, set(ours) - set(keep))
    return repairs


def _metadata(cell: NotebookNode) -> dict[str, Any]:
    metadata = cell.metadata.get("nbgrader")
    known = isinstance(metadata, dict) and isinstance(metadata.get("grade_id"), str)
    return metadata if known else {}


def _index_to_keep(notebook: NotebookNode, ours: dict[str, NotebookNode]) -> dict[str, int]:
    """Return the index of the cell to keep for each grade_id: the last with another text."""
    keep: dict[str, int] = {}
    for index, cell in enumerate(notebook.cells):
        grade_id = str(_metadata(cell).get("grade_id"))
        if grade_id in ours and (
            grade_id not in keep
            or without_whitespace(cell.source) != without_whitespace(ours[grade_id].source)
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


def _insert_missing(notebook: NotebookNode, released: NotebookNode, missing: set[str]) -> list[str]:
    """Insert missing cells after the cell that they follow in the released notebook."""
    place, repairs = 0, []
    for cell in released.cells:
        grade_id = _metadata(cell).get("grade_id")
        if grade_id is None:
            continue
        if grade_id in missing:
            notebook.cells.insert(place, copy.deepcopy(cell))
            repairs.append(f"cell '{grade_id}' was missing; restored as released")
        places = [
            i
            for i, other in enumerate(notebook.cells)
            if _metadata(other).get("grade_id") == grade_id
        ]
        place = places[0] + 1 if places else place
    return repairs
