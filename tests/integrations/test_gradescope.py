"""The archive for Gradescope, run in a folder with Gradescope's layout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.assignment.rubric import load
from autograder.cli.main import main
from autograder.integrations.gradescope.run import as_gradescope
from autograder.results.model import Deduction, Result
from tests import made
from tests.courses import tiny

PYTHON = Path(sys.executable)
# The keys and types of the format that Gradescope documents.
TEST_KEYS = {"score": float, "max_score": float, "status": str, "name": str, "name_format": str,
           "number": str, "output": str, "output_format": str, "tags": list, "visibility": str,
           "extra_data": dict}  # fmt: skip
RESULT_KEYS = {"score": float, "execution_time": int, "output": str, "output_format": str,
          "test_output_format": str, "test_name_format": str, "visibility": str,
          "stdout_visibility": str, "extra_data": dict, "tests": list,
          "leaderboard": list}  # fmt: skip


@pytest.fixture(scope="module")
def archive(course, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "gradescope.zip"
    rubric = str(course / "rubric.toml")
    options = ["--output", str(path), "--staff-checks", "after_published"]
    assert main(["export", "gradescope", "--rubric", rubric, *options]) == 0
    return path


def run_archive(
    archive: Path, root: Path, files: dict[str, bytes]
) -> subprocess.CompletedProcess[str]:
    """Create Gradescope's folders and run the archive's program in them."""
    for name in ("submission", "results", "source"):
        (root / name).mkdir()
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(root / "source")
    run = root / "run_autograder"  # Gradescope copies it here and makes it executable
    run.write_bytes((root / "source" / "run_autograder").read_bytes())
    run.chmod(0o755)
    for name, data in files.items():
        (root / "submission" / name).write_bytes(data)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"AUTOGRADER_ROOT": str(root), "AUTOGRADER_PYTHON": str(PYTHON)}
    return subprocess.run(
        [str(run)], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def read_results(root: Path) -> dict[str, object]:
    found = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    assert found.keys() <= RESULT_KEYS.keys()
    assert all(isinstance(value, RESULT_KEYS[name]) for name, value in found.items())
    for test in found["tests"]:
        assert test.keys() <= TEST_KEYS.keys()
        assert all(isinstance(value, TEST_KEYS[name]) for name, value in test.items())
        assert test["status"] in {"passed", "failed"}
        assert test["visibility"] in {"hidden", "after_due_date", "after_published", "visible"}
        assert test["output_format"] == "text"  # so that Gradescope escapes it
    return found


def test_a_submission_is_graded_and_the_result_has_gradescopes_format(archive, tmp_path):
    done = run_archive(archive, tmp_path, {"tiny.ipynb": tiny.answered(double=tiny.FORGETS)})
    assert done.returncode == 0, done.stderr
    found = read_results(tmp_path)
    assert found["score"] == 6.0 == sum(test["score"] for test in found["tests"])
    assert [test["score"] for test in found["tests"]] == [2.0, 0.0, 4.0]
    wrong = found["tests"][1]
    assert wrong["name"] == "double: doubles negative numbers"
    assert wrong["output"].startswith("Twice a negative number is negative. (failed)")
    assert "double(-3.5): expected -7.0, got 7.0" in wrong["output"]
    assert "Hint: What is twice -3?" in wrong["output"]
    seen = [test["visibility"] for test in found["tests"]]
    assert seen == ["visible", "after_published", "after_published"]
    assert found["extra_data"]["confinement"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"tiny.ipynb": tiny.answered()[:900]}, "cut off"),
        ({"notes.txt": b"sorry"}, "Nothing to grade, found: notes.txt; expected: tiny.ipynb"),
    ],
)
def test_a_submission_that_cannot_be_read_gets_a_reason(archive, tmp_path, files, words):
    done = run_archive(archive, tmp_path, files)
    assert done.returncode == 0, done.stderr
    found = read_results(tmp_path)
    assert found["score"] == 0.0
    assert words in found["output"]


def test_a_notebook_with_another_name_is_graded_with_a_note(archive, tmp_path):
    done = run_archive(archive, tmp_path, {"tiny (1).ipynb": tiny.answered()})
    assert done.returncode == 0, done.stderr
    found = read_results(tmp_path)
    assert found["score"] == 10.0
    assert "tiny (1).ipynb was graded in its place" in found["output"]


def test_without_a_sandbox_there_is_no_score(archive, tmp_path):
    packed = tmp_path / "broken.zip"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("rubric.toml"):
                data = data.replace(b'preload = ["torch"]', b'preload = ["no_such_module"]')
            new.writestr(name, data)
    (tmp_path / "there").mkdir()
    done = run_archive(packed, tmp_path / "there", {"tiny.ipynb": tiny.answered()})
    assert done.returncode == 1
    assert "no_such_module" in done.stderr
    assert not (tmp_path / "there" / "results" / "results.json").exists()


def test_the_archive_has_both_scripts_and_installs_the_versions_installed_here(archive):
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
        setup = packed.read("setup.sh").decode()
        modes = {name: packed.getinfo(name).external_attr >> 16 & 0o777 for name in names}
    assert {"setup.sh", "run_autograder"} <= set(names)
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert "torch==" in setup
    assert "bubblewrap" in setup
    assert not [name for name in names if "check_conv_vae" in name and name.startswith("auto")]


def test_the_same_course_gives_the_same_archive(archive, course, tmp_path):
    rubric = str(course / "rubric.toml")
    options = ["--output", str(tmp_path / "again.zip"), "--staff-checks", "after_published"]
    assert main(["export", "gradescope", "--rubric", rubric, *options]) == 0
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_text_of_a_student_has_no_control_characters(assignment):
    evil = "\x1b[2J<script>alert(1)</script>\u202e"
    check = made.check("doubles_two", "Twice.", "failed", evil)
    deduction = Deduction(1.0, evil)
    question = made.question("double", 0.0, 6.0, [check], notes=(evil,), deductions=(deduction,))
    found = as_gradescope(Result("x", "tiny", "graded", 0.0, 10.0, (question,), evil), assignment)
    wrong, less = found["tests"]
    assert (less["score"], less["max_score"]) == (-1.0, 0)
    for text in (wrong["output"], less["name"], found["output"]):
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_a_grader_error_gives_no_score(archive, tmp_path):
    packed = tmp_path / "broken.zip"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("staff/check_double.py"):
                data = data.replace(b"got = double(-3.5)", b"got = no_such_name")
            new.writestr(name, data)
    (tmp_path / "there").mkdir()
    done = run_archive(packed, tmp_path / "there", {"tiny.ipynb": tiny.answered()})
    assert done.returncode == 1
    assert "Not graded, the grader itself failed: NameError: name 'no_such_name'" in done.stderr
    assert not (tmp_path / "there" / "results" / "results.json").exists()


def test_the_archive_contains_all_files_that_the_rubric_names(tmp_path):
    from autograder.integrations.gradescope.archive import write_archive
    from autograder.runners.bundle import _course_files

    assignment = load()
    names = write_archive(assignment, tmp_path / "vae.zip")
    assert len(names) == len(set(names))
    for name, _ in _course_files(assignment):
        assert name in names
