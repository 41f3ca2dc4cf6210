"""`nbgrader generate_assignment` and `autograder release` build the same release."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment.rubric import load
from autograder.authoring import release
from tests.courses import tiny
from tests.integrations.test_nbgrader import nbgrader

# The folder comes first, then the standard library and the installed packages. Without `site`,
# nothing else is there: no editable installation of this project.
IMPORT_ALL = """
import importlib, json, pkgutil, sys
folder, packages = sys.argv[1:]
sys.path = [folder, *sys.path, packages]
import checkkit
for module in pkgutil.iter_modules(checkkit.__path__):
    importlib.import_module(f"checkkit.{module.name}")
kit = [module.__file__ for name, module in sys.modules.items() if name.startswith("checkkit")]
print(json.dumps({"kit": kit, "engine": "autograder" in sys.modules}))
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tiny.write_course(tmp_path_factory.mktemp("release"))
    nbgrader(root, "generate_assignment", "tiny")
    return load(root / "rubric.toml")


def test_both_commands_build_the_same_bytes(course):
    with release.built(course) as fresh:
        assert release.differences(fresh, course.release) == []
        assert (fresh / "checkkit" / "__init__.py").is_file()


def test_the_released_checkkit_is_imported_without_an_installation(course):
    packages = Path(pytest.__file__).parents[1]
    command = [sys.executable, "-I", "-S", "-c", IMPORT_ALL, str(course.release), str(packages)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["kit"]) > 10
    assert all(Path(file).is_relative_to(course.release) for file in found["kit"])
    assert not found["engine"]


def test_a_release_that_checkkit_cannot_be_copied_to_fails_and_is_removed(tmp_path):
    root = tiny.write_course(tmp_path)
    (root / "source" / "tiny" / "checkkit").write_text("a file in the way")
    with pytest.raises(AssertionError, match="There was an error processing assignment"):
        nbgrader(root, "generate_assignment", "tiny")
    assert not (root / "release" / "tiny").exists()
