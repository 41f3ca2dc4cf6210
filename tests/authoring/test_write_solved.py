"""A solved folder has the reference answers, and everything that the notebooks need."""

from __future__ import annotations

import json

from autograder.authoring.solved import write_solved


def test_the_solved_folder_has_the_answers_and_the_helpers(assignment, tmp_path):
    before = assignment.source_notebook.read_bytes()
    (path,) = write_solved(assignment, tmp_path / "solved")
    cells = {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
        for cell in json.loads(path.read_bytes())["cells"]
        if cell["metadata"]
    }
    assert cells["double"] == "def double(x):\n    return 2 * x"
    assert (tmp_path / "solved/checks/check_double.py").is_file()
    assert assignment.source_notebook.read_bytes() == before
