"""`nbgrader autograde` takes a folder of odd files as `autograder grade` does."""

from __future__ import annotations

import csv
import os
import subprocess
import sys

import pytest

from tests.courses import tiny
from tests.integrations.test_nbgrader import environment, nbgrader

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems allow fewer names")

SCORES = {
    **dict.fromkeys(("honest", "renamed", "upper-case", "paul", "[ab]", "\x1b[31mred"), 10.0),
    **dict.fromkeys(("device-beside", "timestamp-pipe", "timestamp-junk", "crowd", "closed"), 10.0),
    **dict.fromkeys(("folder-link", "inner-link", "pipe", "sparse", "directory", "empty"), 0.0),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = tiny.write_course(tmp_path_factory.mktemp("odd-nbgrader") / "course")
    submitted = made / "submitted"

    def put(name: str, notebook: str = "tiny/tiny.ipynb"):
        path = submitted / name / notebook
        path.parent.mkdir(parents=True)
        path.write_bytes(tiny.answered())
        return path

    for student in ("honest", "[ab]", "\x1b[31mred", "two\nlines"):
        put(student)
    put("renamed", "tiny/tiny (1).ipynb")
    put("upper-case", "TINY/tiny.ipynb")
    put("paul", "my_solution.ipynb")
    (put("device-beside").parent / "data.csv").symlink_to("/dev/zero")
    os.mkfifo(put("timestamp-pipe").parent / "timestamp.txt")
    (put("timestamp-junk").parent / "timestamp.txt").write_text("soon")
    crowd = put("crowd").parent
    for number in range(2000):
        (crowd / f"{number}.txt").touch()
    (put("closed").parent / "data").mkdir()
    (submitted / "closed/tiny/data").chmod(0)
    (submitted / "folder-link").symlink_to("honest")
    (submitted / "inner-link").mkdir()
    (submitted / "inner-link/tiny").symlink_to("../honest/tiny")
    for student in ("pipe", "sparse"):
        put(student).unlink()
    os.mkfifo(submitted / "pipe/tiny/tiny.ipynb")
    with (submitted / "sparse/tiny/tiny.ipynb").open("wb") as file:
        file.truncate(100 << 30)
    (submitted / "directory/tiny/tiny.ipynb").mkdir(parents=True)
    (submitted / "empty").mkdir()
    (submitted / "absent/another-assignment").mkdir(parents=True)
    (made / "source/another-assignment").mkdir()
    yield made
    (submitted / "closed/tiny/data").chmod(0o755)


@pytest.fixture(scope="module")
def printed(course):
    nbgrader(course, "generate_assignment", "tiny")
    said = nbgrader(course, "autograde", "tiny")
    nbgrader(course, "export")
    return said


def test_every_student_is_in_the_gradebook_with_the_points_of_their_own_work(course, printed):
    with (course / "grades.csv").open(newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == SCORES


def test_a_name_that_nbgrader_cannot_hold_is_reported_and_none_reaches_the_terminal(printed):
    assert "rename the folder and run this again: two�lines" in printed
    assert "\x1b" not in printed


def test_no_odd_file_is_copied(course, printed):
    copied = [path.name for path in (course / "autograded").rglob("*") if path.is_file()]
    assert set(copied) <= {"tiny.ipynb", "timestamp.txt"}


def test_modules_in_the_working_folder_are_not_imported(course, printed, tmp_path):
    mark = tmp_path / "ran"
    # Not imported yet when nbgrader reads the course's configuration.
    for module in ("tomllib", "hypothesis", "torch", "checkkit", "autograder"):
        path = course / "submitted/honest" / f"{module}.py"
        path.write_text(f"open({str(mark)!r}, 'w').close()\n")
    command = [sys.executable, "-P", "-m", "nbgrader", "autograde", "tiny", "--force"]
    command += ["--student", "honest", f"--course-dir={course}"]
    done = subprocess.run(
        command,
        cwd=course / "submitted/honest",
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert not mark.exists()
