"""Fixtures that tests of the export to Canvas share."""

from __future__ import annotations

import pytest

from autograder.cli.main import main
from autograder.results import files as results_files
from tests.integrations import mock_canvas
from tests.integrations.mock_canvas import ASSIGNMENT, COURSE, TOKEN
from tests.integrations.test_lms_export import result


@pytest.fixture
def canvas(monkeypatch):
    monkeypatch.setenv("CANVAS_TOKEN", TOKEN)
    with mock_canvas.serving() as opened:
        yield opened


@pytest.fixture
def export(canvas, tmp_path, capsys):
    """Run the command for results of these names; return exit status, stdout and stderr."""

    def run(*names, options=("--send",), results=None):
        folder = tmp_path / "results"
        for one in results or map(result, names):
            results_files.write(one, folder)
        place = ["--course", str(COURSE), "--assignment", str(ASSIGNMENT)]
        status = main(["export", "canvas", str(folder), "--api", canvas.url, *place, *options])
        said = capsys.readouterr()
        assert TOKEN not in said.out + said.err
        return status, said.out, said.err

    return run
