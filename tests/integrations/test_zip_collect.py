"""`nbgrader zip_collect` on what Canvas and Moodle give out."""

from __future__ import annotations

import zipfile

import pytest
from nbgrader.api import Gradebook

from autograder.assignment.rubric import load
from autograder.runners.submissions import collect
from tests.courses import tiny
from tests.integrations.test_downloads import zipped
from tests.integrations.test_lms_export import WORKSHEET
from tests.integrations.test_nbgrader import nbgrader


def pack(path, files: dict[str, bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


RIGHT, WRONG = tiny.answered(), tiny.answered(double=tiny.FORGETS)


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """A course with three downloads, collected; and what nbgrader said."""
    course = tiny.write_course(tmp_path_factory.mktemp("collected"))
    with (course / "rubric.toml").open("a") as file:
        file.write("\n[late]\npercent_per_day = 10\ngrace_minutes = 30\n")
    nbgrader(course, "generate_assignment", "tiny")
    nbgrader(course, "db", "assignment", "add", "tiny", "--duedate=2026-06-01 06:00:00 UTC")
    archive = course / "downloaded/tiny/archive"
    pack(archive / "submissions.zip", {
        "doejane_101_5001_tiny.ipynb": WRONG,
        "roejan_102_5002_Tiny_final.ipynb": WRONG,
        "roejan_102_5003_notes.pdf": b"%PDF",
        "poeann_103_5004_all.zip": zipped(**{"work/tiny.ipynb": WRONG}),
        "leekim_104_5005_notes.pdf": b"%PDF",
        "xuli_105_5006_broken.zip": b"PK",
    })  # fmt: skip
    pack(archive / "submissions (1).zip", {"doejane_LATE_101_5009_tiny-1.ipynb": RIGHT})
    pack(archive / "tiny-77.zip", {"Jane Doe_9001_assignsubmission_file_/tiny.ipynb": RIGHT})
    (archive / "Grades.csv").write_text(WORKSHEET)
    said = nbgrader(course, "zip_collect", "tiny", "--LmsCollector.timezone=Europe/Berlin")
    return course, said


def test_students_get_the_folders_of_their_names_and_numbers(collected):
    course, _ = collected
    found = collect([course / "submitted"], load(course / "rubric.toml"))
    assert {one.student: one.path.read_bytes() for one in found} == {
        "doejane_101": RIGHT, "roejan_102": WRONG, "poeann_103": WRONG, "Jane Doe_9001": RIGHT,
    }  # fmt: skip


def test_late_files_of_canvas_and_times_of_moodle_make_timestamps(collected):
    course, _ = collected
    times = {
        path.parent.parent.name: path.read_text()
        for path in course.glob("submitted/*/tiny/timestamp.txt")
    }
    assert times == {"doejane_101": "2026-06-01 06:31:00", "Jane Doe_9001": "2026-06-01 07:00:00"}


def test_what_was_left_out_is_said_at_the_end(collected):
    _, said = collected
    last = said[said.rindex("Copying to") :]
    for words in (
        "Of several uploads of one file, the last was collected: 'doejane_101 (tiny.ipynb)'",
        "Not collected, no notebook: 'leekim_104 (notes.pdf)', 'xuli_105 (broken.zip)'",
        "Late, but Canvas does not say how late; one day is assumed",
    ):
        assert words in last
    assert "Not unpacked: xuli_105_5006_broken.zip: cannot be opened" in said


@pytest.mark.exhaustive
def test_autograde_takes_the_penalties_off_and_the_renamed_notebook(collected):
    course, _ = collected
    said = nbgrader(course, "autograde", "tiny")
    assert "Tiny_final.ipynb was graded in its place" in said
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        found = {one.student.id: one for one in gradebook.assignment_submissions("tiny")}
        scores = {name: (one.score, one.late_submission_penalty) for name, one in found.items()}
    assert scores == {
        "doejane_101": (10.0, 1.0), "roejan_102": (6.0, 0.0), "poeann_103": (6.0, 0.0),
        "Jane Doe_9001": (10.0, 1.0),
    }  # fmt: skip


def test_the_first_upload_counts_if_it_is_told_to(collected):
    course, _ = collected
    # Without a due date, lateness has no time.
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.find_assignment("tiny").duedate = None
        gradebook.db.commit()
    said = nbgrader(course, "zip_collect", "tiny", "--force", "--LmsCollector.attempts=first")
    assert "the first was collected: 'doejane_101 (tiny.ipynb)'" in said
    assert (course / "submitted/doejane_101/tiny/tiny.ipynb").read_bytes() == WRONG
    assert "Late" not in said


def test_an_unknown_time_zone_is_refused_with_an_example(collected):
    course, _ = collected
    with pytest.raises(AssertionError, match="No time zone 'Berlin'; give one as in Europe/Berlin"):
        nbgrader(course, "zip_collect", "tiny", "--force", "--LmsCollector.timezone=Berlin")


def test_another_pattern_turns_our_collector_off(tmp_path):
    course = tiny.write_course(tmp_path)
    with (course / "nbgrader_config.py").open("a") as file:
        pattern = r".*/(?P<student_id>\w+)-(?P<file_id>\w+)\.ipynb"
        file.write(f"\nc.FileNameCollectorPlugin.named_regexp = r'{pattern}'\n")
    pack(course / "downloaded/tiny/archive/all.zip", {"ada-tiny.ipynb": RIGHT})
    nbgrader(course, "zip_collect", "tiny")
    assert (course / "submitted/ada/tiny/tiny.ipynb").read_bytes() == RIGHT
