"""No file, however odd, stops a class, costs another student a point, or makes a student vanish."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.results import files as results_files
from tests.courses import tiny
from tests.hostile import odd_files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems allow fewer names")

ROOT = Path(__file__).resolve().parents[2]
# Root reads every file, unless the kernel is told that this root may not.
AS_USER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
CONTROL = {*map(chr, range(32))} - {"\n"} | {"\x7f", "\u202e"}


def autograder(course: Path, *arguments: str, status: int = 0) -> str:
    """Run a command as a user whom permissions hold; return what it printed."""
    as_user = AS_USER if os.geteuid() == 0 else ()
    done = subprocess.run(
        [*as_user, sys.executable, "-P", "-m", "autograder", *arguments],
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=300,
        check=False,
    )
    printed = (done.stdout + done.stderr).decode()
    assert done.returncode == status, printed
    assert not set(printed) & CONTROL
    return printed


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    if os.geteuid() == 0 and shutil.which(AS_USER[0]) is None:
        pytest.skip("setpriv is missing")
    made = tiny.write_course(tmp_path_factory.mktemp("odd") / "course")
    odd_files.hand_in(made / "submitted")
    yield made
    (made / "submitted/closed").chmod(0o755)  # so that pytest can remove it


@pytest.fixture(scope="module")
def graded(course):
    autograder(course, "grade", "submitted", "--results", "results")
    return {one.student: one for one in results_files.read_folder(course / "results")}


def test_every_entry_has_one_result_and_there_are_no_others(graded):
    assert graded.keys() == {*odd_files.REFUSED, *odd_files.FOUND, *odd_files.CLOSED}


@pytest.mark.parametrize("student", odd_files.FOUND, ids=ascii)
def test_who_handed_in_a_notebook_keeps_all_points(graded, student):
    assert (graded[student].status, graded[student].score) == ("graded", 10.0)


@pytest.mark.parametrize("student", [*odd_files.REFUSED, *odd_files.CLOSED])
def test_what_cannot_be_graded_has_a_verdict_of_one_printable_sentence(graded, student):
    one = graded[student]
    assert (one.status, one.score) == ("unreadable", None)
    assert {**odd_files.REFUSED, **odd_files.CLOSED}[student] in one.message
    assert one.message.isprintable()
    assert one.message.endswith(".")


def test_a_renamed_notebook_is_said_to_be_renamed(graded):
    for student in ("my-solution", "upper-case", "browser", "final", "beside-a-scratch"):
        (repair,) = graded[student].repairs
        assert "was graded in its place" in repair
    for student in ("honest", "direct", "tiny", "flat"):
        assert graded[student].repairs == ()


def test_naming_the_folders_one_by_one_gives_the_same_class(course, graded):
    entries = sorted(path.name for path in (course / "submitted").iterdir())
    names = [f"submitted/{name}" for name in entries if name != ".DS_Store"]
    autograder(course, "grade", *names, "--results", "one-by-one")
    again = {one.student: one for one in results_files.read_folder(course / "one-by-one")}
    assert {name: (one.status, one.score) for name, one in again.items()} == {
        name: (one.status, one.score) for name, one in graded.items()
    }


def test_the_report_compares_what_can_be_read_and_has_a_page_for_everyone(course, graded):
    autograder(course, "report", "results", "--submitted", "submitted")
    assert len(list((course / "results/feedback").iterdir())) == len(graded)
    for page in (course / "results").rglob("*.html"):
        assert not set(page.read_text(encoding="utf-8")) & CONTROL - {"\t"}, page


def test_a_second_run_grades_nothing_and_a_sparse_file_is_never_read(course, graded):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    printed = autograder(course, "grade", "submitted", "--results", "results")
    kept = len(odd_files.FOUND) + 1  # and the file that is no notebook
    assert f"{kept} of them kept from an earlier run" in printed
    assert before < 2_000_000  # KiB, of the first run too


def test_a_lone_folder_without_anything_is_refused_and_control_characters_stay_out(tmp_path):
    course = tiny.write_course(tmp_path / "course")
    (course / "submitted" / "\x1b[31mred\n\u202e").mkdir(parents=True)
    autograder(course, "grade", "submitted/\x1b[31mred\n\u202e", "--results", "results", status=2)
    autograder(course, "grade", "submitted/\x1b[31m", "--results", "results", status=2)
