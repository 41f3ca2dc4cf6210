"""The archive for Gradescope, run in a folder that is laid out as Gradescope's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.assignment.model import load
from autograder.cli.main import main
from autograder.integrations.gradescope.run import as_gradescope
from autograder.results.model import CheckResult, QuestionResult, Result
from autograder.results.scoring import no_grade
from tests.courses import tiny

PYTHON = Path(sys.executable)
# The format that Gradescope publishes: what a test may say, and of what type.
OF_TEST = {"score": float, "max_score": float, "status": str, "name": str, "name_format": str,
           "number": str, "output": str, "output_format": str, "tags": list, "visibility": str,
           "extra_data": dict}  # fmt: skip
OF_ALL = {"score": float, "execution_time": int, "output": str, "output_format": str,
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


def scratch(archive: Path, root: Path, files: dict[str, bytes]) -> subprocess.CompletedProcess[str]:
    """Lay a folder out as Gradescope does, and run there what it runs."""
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


def told(root: Path) -> dict[str, object]:
    found = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    assert found.keys() <= OF_ALL.keys()
    assert all(isinstance(value, OF_ALL[name]) for name, value in found.items())
    for test in found["tests"]:
        assert test.keys() <= OF_TEST.keys()
        assert all(isinstance(value, OF_TEST[name]) for name, value in test.items())
        assert test["status"] in {"passed", "failed"}
        assert test["visibility"] in {"hidden", "after_due_date", "after_published", "visible"}
        assert test["output_format"] == "text"  # Gradescope then escapes it
    return found


def test_a_submission_is_graded_in_gradescopes_folders_and_told_in_its_format(archive, tmp_path):
    done = scratch(archive, tmp_path, {"tiny.ipynb": tiny.answered(double=tiny.FORGETS)})
    assert done.returncode == 0, done.stderr
    found = told(tmp_path)
    assert found["score"] == 6.0 == sum(test["score"] for test in found["tests"])
    assert [test["score"] for test in found["tests"]] == [2.0, 0.0, 4.0]
    wrong = found["tests"][1]
    assert wrong["name"] == "double: Twice a negative number is negative."
    assert "double(-3.5): expected -7.0, got 7.0" in wrong["output"]
    assert "Hint: What is twice -3?" in wrong["output"]
    seen = [test["visibility"] for test in found["tests"]]
    assert seen == ["visible", "after_published", "after_published"]
    assert found["extra_data"]["confinement"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"tiny.ipynb": tiny.answered()[:900]}, "cut off"),
        ({"notes.txt": b"sorry"}, "No tiny.ipynb was handed in"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(archive, tmp_path, files, words):
    done = scratch(archive, tmp_path, files)
    assert done.returncode == 0, done.stderr
    found = told(tmp_path)
    assert found["score"] == 0.0
    assert words in found["output"]


def test_a_notebook_of_another_name_is_graded_and_that_is_said(archive, tmp_path):
    done = scratch(archive, tmp_path, {"tiny (1).ipynb": tiny.answered()})
    assert done.returncode == 0, done.stderr
    found = told(tmp_path)
    assert found["score"] == 10.0
    assert "tiny (1).ipynb was graded in its place" in found["output"]


def test_where_the_room_does_not_open_no_score_is_made_up(archive, tmp_path):
    packed = tmp_path / "broken.zip"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("rubric.toml"):
                data = data.replace(b'preload = ["torch"]', b'preload = ["no_such_module"]')
            new.writestr(name, data)
    (tmp_path / "there").mkdir()
    done = scratch(packed, tmp_path / "there", {"tiny.ipynb": tiny.answered()})
    assert done.returncode == 1
    assert "no_such_module" in done.stderr
    assert not (tmp_path / "there" / "results" / "results.json").exists()


def test_the_archive_has_both_scripts_at_its_root_and_installs_what_is_installed_here(archive):
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
        setup = packed.read("setup.sh").decode()
        modes = {name: packed.getinfo(name).external_attr >> 16 & 0o777 for name in names}
    assert {"setup.sh", "run_autograder"} <= set(names)
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert "torch==" in setup
    assert "bubblewrap" in setup
    assert not [name for name in names if "check_conv_vae" in name and name.startswith("auto")]


def test_the_same_course_makes_the_same_archive(archive, course, tmp_path):
    rubric = str(course / "rubric.toml")
    options = ["--output", str(tmp_path / "again.zip"), "--staff-checks", "after_published"]
    assert main(["export", "gradescope", "--rubric", rubric, *options]) == 0
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_text_of_a_student_is_plain_text_and_has_no_control_characters(assignment):
    evil = "\x1b[2J<script>alert(1)</script>\u202e"
    check = CheckResult("doubles_two", "Twice.", "failed", 0.0, 6.0, evil, None)
    question = QuestionResult("double", 0.0, 6.0, (check,), (evil,))
    made = as_gradescope(Result("x", "tiny", "graded", 0.0, 10.0, (question,), evil), assignment)
    (test,) = made["tests"]
    for text in (test["output"], made["output"]):
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_a_grader_error_is_loud_and_costs_nothing(assignment):
    lost = no_grade(b"", "x", assignment, "grader_error", "Ours.")
    kept = replace(lost.questions[0].checks[0], score=2.0)
    question = replace(lost.questions[0], checks=(kept,))
    made = as_gradescope(replace(lost, questions=(question,)), assignment)
    assert "Ours." in made["output"]
    assert "no points lost" in made["tests"][0]["output"]


def test_the_whole_assignments_archive_holds_what_its_rubric_names(tmp_path):
    from autograder.integrations.gradescope.archive import write_archive
    from autograder.runners.bundle import _course_files

    assignment = load()
    names = write_archive(assignment, tmp_path / "vae.zip")
    assert len(names) == len(set(names))
    for name, _ in _course_files(assignment):
        assert name in names
