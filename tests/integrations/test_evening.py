"""A whole evening: from what Canvas and Moodle give out to what they take back."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from nbgrader.api import Gradebook

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from autograder.cli.main import main
from autograder.integrations.lms.grade import OLD_PENALTY, WAITS
from autograder.notebooks.fill import fill_notebook
from tests.courses import softmax_course
from tests.courses.softmax_course import told
from tests.integrations.test_downloads import zipped
from tests.integrations.test_zip_collect import pack

pytestmark = pytest.mark.exhaustive  # every step of a course: a minute or two

GRADEBOOK = """\
Student;ID;SIS User ID;SIS Login ID;Section;softmax (7);softmax quiz (8)
    Points Possible;;;;;24,00;5,00
Müller, Jörg;101;;;A;;
Lee, Kim;11;;;A;;
Lee, Kim;12;;;A;;
Poe, Ann;13;;;A;;
Roe, Jan;14;;;A;;
"""
WORKSHEET = """\
ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,\
"Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)","Feedback als Kommentar"
Teilnehmer/in9001,"Zoë O'Neil",zoe@example.org,Abgegeben,,"24,00","Montag, 1. Juni 2026, 09:00",-,
Teilnehmer/in9002,"Jane Doe",jane@example.org,Abgegeben,,"24,00","Mittwoch, 3. Juni 2026, 15:00",-,
"""
# What a person gives for the written answer; nothing to Zoë yet.
MARKS = {
    "müllerjörg_101": 3.5, "leekim_11": 2.0, "leekim_12": 3.0, "poeann_13": 0.0,
    "Jane Doe_9002": 4.0,
}  # fmt: skip


def course(root):
    """The softmax course, of 20 points and 4 for a written answer, with a late policy."""
    softmax_course.make(root, {})
    with (root / "rubric.toml").open("a") as file:
        file.write("\n[late]\npercent_per_day = 10\n")
    return load(root / "rubric.toml")


@pytest.fixture(scope="module")
def evening(tmp_path_factory):
    """Everything up to the export, and what `zip_collect` said."""
    assignment = course(tmp_path_factory.mktemp("evening") / "softmax")
    root, answers = assignment.root, load_bank(assignment)

    def work(mistake: str = "") -> bytes:
        entries = [answers.find(mistake)] if mistake else []
        return fill_notebook(assignment.source_notebook.read_bytes(), answers.answers(*entries))

    told(assignment, "nbgrader", "generate_assignment", "softmax")
    due = "--duedate=2026-06-01 10:00:00 UTC"
    told(assignment, "nbgrader", "db", "assignment", "add", "softmax", due)
    archive = root / "downloaded/softmax/archive"
    pack(archive / "submissions.zip", {
        "müllerjörg_101_1_softmax.ipynb": work(),
        "leekim_11_2_softmax.ipynb": work("softmax-twice"),
        "leekim_12_3_softmax.ipynb": work("uphill"),
        "poeann_13_4_Softmax_final.ipynb": work("lr-ignored"),
        "roejan_14_5_softmax.pdf": b"%PDF",
    })  # fmt: skip
    pack(archive / "submissions (1).zip", {"leekim_LATE_12_6_softmax-1.ipynb": work()})
    pack(archive / "moodle.zip", {
        "Zoë O'Neil_9001_assignsubmission_file_/softmax.ipynb": work(),
        "Jane Doe_9002_assignsubmission_file_/mine.zip": zipped(
            **{"hw/softmax (1).ipynb": work("in-place")}
        ),
    })  # fmt: skip
    (archive / "Grades.csv").write_text(WORKSHEET)
    said = told(
        assignment, "nbgrader", "zip_collect", "softmax", "--LmsCollector.timezone=Europe/Berlin"
    )
    told(assignment, "autograder", "grade", "submitted", "--results", "results")
    told(assignment, "nbgrader", "autograde", "softmax")
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        for student, points in MARKS.items():
            grade = gradebook.find_grade("why_bias", "softmax", "softmax", student)
            grade.manual_score, grade.needs_manual_grade = points, False
            comment = gradebook.find_comment("why_bias", "softmax", "softmax", student)
            comment.manual_comment = "See page 7."
        gradebook.db.commit()
    return root, said


def exported(root, capsys, system: str, *more: str) -> tuple[str, str]:
    """Export to one of the systems, which knows half of the class; return file and warnings."""
    command = ["export", system, str(root / "results"), *more]
    command += ["--rubric", str(root / "rubric.toml")]
    assert main([*command, "--gradebook-db", str(root / "gradebook.db")]) == 1
    written = root / "results" / f"{system}.csv"
    return written.read_text() if written.exists() else "", capsys.readouterr().err


def test_collecting_says_what_a_person_must_know(evening):
    _, said = evening
    assert "the last was collected: 'leekim_12 (softmax.ipynb)'" in said
    assert "Not collected, no notebook: 'roejan_14 (softmax.pdf)'" in said
    assert "one day is assumed" in said


def test_canvas_gets_marks_and_penalties_for_the_right_kim_lee(evening, capsys):
    root, _ = evening
    (root / "gradebook.csv").write_text(GRADEBOOK)
    given = ["--gradebook", str(root / "gradebook.csv"), "--column", "softmax"]
    text, said = exported(root, capsys, "canvas", *given)
    rows = list(csv.DictReader(io.StringIO(text, ""), delimiter=";"))
    assert {row["ID"]: row["softmax (7)"] for row in rows} == {
        "": "24", "101": "23,5", "11": "15", "12": "21", "13": "12",
    }  # fmt: skip
    assert f"{OLD_PENALTY}: 'Jane Doe_9002', 'leekim_12'" in said
    assert f'{WAITS}: "Zoë O\'Neil_9001"' in said
    assert "not in the given file: 'Jane Doe_9002', \"Zoë O'Neil_9001\"" in said
    assert "no submission: 'Roe, Jan'" in said


def test_moodle_gets_them_in_german_with_comments(evening, capsys):
    root, _ = evening
    given = ["--worksheet", str(root / "downloaded/softmax/archive/Grades.csv")]
    text, _ = exported(root, capsys, "moodle", *given)
    zoe, jane = csv.DictReader(io.StringIO(text, ""))
    assert (zoe["Bewertung"], jane["Bewertung"]) == ("", "16,6")
    assert zoe["Feedback als Kommentar"].startswith("– / 24 points<br>")
    lines = jane["Feedback als Kommentar"].split("<br>")
    assert lines[:4] == [
        "16.6 / 24 points", "code: 18 / 20", "written answers: 4 / 4", "late: less 5.4",
    ]  # fmt: skip
    assert "softmax (1).ipynb was graded in its place" in lines[4]
    assert lines[5] == "train_step: 8 / 10"
    assert lines[-2:] == ["why_bias: 4 / 4", "why_bias: See page 7."]


def test_both_get_their_feedback_files(evening, capsys):
    root, _ = evening
    archive = root / "downloaded/softmax/archive"
    for name, expected in (
        ("submissions.zip", "leekim_11_2_softmax.ipynb"),
        ("moodle.zip", "Jane Doe_9002_assignsubmission_file_/feedback.html"),
    ):
        exported(root, capsys, "feedback", "--submissions", str(archive / name))
        with zipfile.ZipFile(root / "results/feedback.zip") as made:
            assert expected in made.namelist()
