"""The public API: what `autograder` exports, what importing it costs, its documented example."""

from __future__ import annotations

import doctest
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograder
import checkkit
from tests.courses import tiny


def test_the_example_in_the_documentation_of_the_package_runs(course, tmp_path, monkeypatch):
    shutil.copytree(course, tmp_path, dirs_exist_ok=True)
    submission = tmp_path / "submitted/ada/tiny/tiny.ipynb"
    submission.parent.mkdir(parents=True)
    submission.write_bytes(tiny.answered(double=tiny.FORGETS))
    monkeypatch.chdir(tmp_path)
    (example,) = doctest.DocTestFinder(recurse=False).find(autograder)
    runner = doctest.DocTestRunner()
    said: list[str] = []
    runner.run(example, out=said.append)
    assert runner.summarize(verbose=False).attempted >= 6
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


@pytest.mark.parametrize("name", autograder.__all__)
def test_every_public_name_can_be_imported_and_is_documented(name):
    assert getattr(autograder, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'autograder' has no attribute 'nothing'"):
        _ = autograder.nothing


def run(code: str, folder: Path) -> str:
    """Run code in an interpreter that can import nothing but the standard library and `folder`."""
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(folder)!r})"]
    command[-1] += f"\n{code}"
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_importing_the_package_imports_nothing_beyond_the_standard_library(tmp_path):
    """The confined worker has of the engine this one file and `sandbox`."""
    (tmp_path / "autograder").mkdir()
    shutil.copy(Path(autograder.__file__), tmp_path / "autograder")
    assert run("import autograder; print('torch' in sys.modules)", tmp_path) == "False\n"


def test_both_packages_declare_their_types():
    for package in (autograder, checkkit):
        assert (Path(package.__file__).parent / "py.typed").is_file()
