"""Rubrics, checks and configuration are never taken from what is graded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment.rubric import find_rubric
from autograder.cli.main import main
from autograder.results import files as results_files
from tests.courses import tiny

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("json", "typing", "rich", "tomllib", "pathlib", "argparse", "torch", "numpy", "pytest")


@pytest.fixture
def mark(tmp_path):
    """A file that exists once a student's file has been run in the grader."""
    return tmp_path / "ran-in-the-grader"


def evil(mark: Path) -> str:
    return f"open({str(mark)!r}, 'w').close()\n"


def hand_in_course(folder: Path, mark: Path) -> Path:
    """Write a course of a student's own, whose checks run code, around a submission."""
    tiny.write_course(folder)
    for name in ("staff/check_double.py", "source/tiny/checks/check_double.py"):
        path = folder / name
        path.write_text(evil(mark) + path.read_text())
    notebook = folder / "tiny" / "tiny.ipynb"
    notebook.parent.mkdir(exist_ok=True)
    notebook.write_bytes(tiny.answered(tiny.FORGETS))
    return folder


# From where, what is graded, with which rubric: all with a rubric of the student's.
FOREIGN = {
    "the submission itself": ("submitted/eve", ".", None),
    "its notebook": ("submitted/eve/tiny", "tiny.ipynb", None),
    "its folder for the assignment": ("submitted/eve", "tiny", None),
    "a classmate": ("submitted/eve", "../bob", None),
    "the whole class": ("submitted/eve", "..", None),
    "from deeper": ("submitted/eve/source/tiny/checks", "../../../../eve", None),
    "by name": (".", "submitted", "submitted/eve/rubric.toml"),
    "by name, of one student": (".", "submitted/eve", "submitted/eve/rubric.toml"),
    "through a link": (".", "link", "submitted/eve/rubric.toml"),
    "a rubric above the class": (".", "submitted", "submitted/rubric.toml"),
}


@pytest.mark.parametrize("nested", [True, False], ids=["in a course", "alone"])
@pytest.mark.parametrize("way", FOREIGN)
def test_a_students_rubric_is_refused_and_its_checks_never_run(
    tmp_path, monkeypatch, capsys, mark, way, nested
):
    here, graded, rubric = FOREIGN[way]
    course = tmp_path / "course"
    if nested:
        tiny.write_course(course)
    bob = course / "submitted/bob/tiny/tiny.ipynb"
    bob.parent.mkdir(parents=True)
    bob.write_bytes(tiny.answered())
    hand_in_course(course / "submitted/eve", mark)
    if "above" in way:
        hand_in_course(course / "submitted", mark)
    (course / "link").symlink_to("submitted")
    monkeypatch.chdir(course / here)
    options = ["--rubric", rubric] if rubric else []
    assert main(["grade", graded, "--results", str(tmp_path / "results"), *options]) == 2
    assert not mark.exists()
    assert "--rubric" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def test_a_pipe_in_the_place_of_a_rubric_is_neither_found_nor_waited_for(
    tmp_path, monkeypatch, capsys
):
    course = tiny.write_course(tmp_path / "course")
    (course / "submitted/eve").mkdir(parents=True)
    os.mkfifo(course / "submitted/eve/rubric.toml")
    monkeypatch.chdir(course / "submitted/eve")
    assert find_rubric() == course / "rubric.toml"
    assert main(["grade", "../bob", "--results", "r", "--rubric", "rubric.toml"]) == 2
    assert "is not a file" in capsys.readouterr().err


def test_the_rubric_used_is_printed_and_in_the_result(tmp_path, monkeypatch, capsys):
    course = tiny.write_course(tmp_path / "course")
    path = course / "submitted/bob/tiny/tiny.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(tiny.answered())
    monkeypatch.chdir(course / "submitted")
    assert main(["grade", ".", "--results", "../results"]) == 0
    one = results_files.read(course / "results/bob.json")
    assert one.rubric == "rubric.toml"
    assert len(one.rubric_sha256) == 64
    assert str(tmp_path) not in one.to_json()
    printed = "".join(capsys.readouterr().out.split())
    assert f"{course}/rubric.toml(sha256{one.rubric_sha256[:12]}" in printed


@pytest.mark.parametrize("way", ["console script", "python -m", "python -P -m"])
def test_nothing_beside_a_submission_is_loaded(tmp_path, mark, way):
    course = tiny.write_course(tmp_path / "course")
    folder = course / "submitted/eve/tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_bytes(tiny.answered())
    names = [f"{module}.py" for module in MODULES]
    names += ["conftest.py", "sitecustomize.py", "usercustomize.py", "nbgrader_config.py"]
    names += ["check_double.py", "lab.py", "checks/check_double.py", "checkkit/__init__.py"]
    for name in names:
        for place in (folder, folder.parent, course / "submitted"):
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_text(evil(mark))
    (folder / "evil.pth").write_text(f"import os; {evil(mark)}")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p json\n")
    script = Path(sys.executable).with_name("autograder")
    command = {
        "console script": [script],
        "python -m": [sys.executable, "-m", "autograder"],
        "python -P -m": [sys.executable, "-P", "-m", "autograder"],
    }[way]
    done = subprocess.run(
        [*command, "grade", "tiny.ipynb", "--results", str(tmp_path / "results")],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert results_files.read(tmp_path / "results/eve.json").score == 10
    assert not mark.exists()


def test_a_conftest_beside_the_checks_is_not_loaded(tmp_path, monkeypatch, mark):
    course = tiny.write_course(tmp_path / "course")
    for folder in (tmp_path, course, course / "staff", course / "source/tiny/checks"):
        (folder / "conftest.py").write_text(evil(mark))
    path = course / "submitted/bob/tiny/tiny.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(tiny.answered())
    monkeypatch.chdir(course)
    assert main(["grade", "submitted", "--results", "results"]) == 0
    assert not mark.exists()
