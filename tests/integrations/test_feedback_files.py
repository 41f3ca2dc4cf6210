"""The archives of feedback that Moodle and Canvas take back."""

from __future__ import annotations

import re
import zipfile

import nbformat
import pytest

from autograder.cli.main import main
from autograder.integrations.lms.feedback_files import for_submissions, for_worksheet
from autograder.integrations.lms.grade import automatic
from autograder.results import files as results_files
from autograder.support.errors import UsageError
from tests.integrations.made_gradebook import enter, gradebook, result
from tests.integrations.test_lms_export import WORKSHEET
from tests.integrations.test_moodle_worksheets import GERMAN

CANVAS = [
    "leekim_11_501_tiny.ipynb",
    "leekim_11_502_notes.ipynb",
    "leekim_LATE_12_503_tiny-1.ipynb",
    "poeann_13_504_Tiny_final.ipynb",
    "roejan_14_505_tiny.pdf",
]


def page(grade) -> str:
    return f"<p>{grade.student}</p>"


def pack(folder, names):
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return folder / "submissions.zip"


def grades(*students: str):
    return [automatic(result(one, double=2.5)) for one in students]


def test_moodle_gets_a_page_in_the_folder_of_each_student_by_the_worksheet(tmp_path):
    (tmp_path / "in.csv").write_text(WORKSHEET.replace("Jan Roe", "J_n / Roe"))
    made = for_worksheet(grades("Jane Doe_9001", "x_9002"), tmp_path / "in.csv", page)
    assert made.files == {
        "Jane Doe_9001_assignsubmission_file_/feedback.html": "<p>Jane Doe_9001</p>",
        "J n   Roe_9002_assignsubmission_file_/feedback.html": "<p>x_9002</p>",
    }
    for name in made.files:  # what Moodle's importer reads
        _, number, plugin, kind, _ = name.split("_", 4)
        assert number.isdigit()
        assert (plugin, kind) == ("assignsubmission", "file")


@pytest.mark.parametrize(
    "names",
    [
        [
            "Jane Doe_9001_assignsubmission_file_/tiny.ipynb",
            "Jan_9002_assignsubmission_file_/a.txt",
        ],
        ["Jane Doe_9001_assignsubmission_file/a/b.ipynb", "Jan_9002_assignsubmission_file/t.ipynb"],
        [
            "Jane Doe_9001_assignsubmission_file_t.ipynb",
            "Jan_9002_assignsubmission_file_t.ipynb",
        ],
    ],
)
def test_moodle_gets_its_own_folders_again_by_the_archive(tmp_path, names):
    made = for_submissions(grades("Jane Doe_9001", "Jan_9002"), pack(tmp_path, names), page)
    folders = [re.match(r"(.*_assignsubmission_file_?)", name)[1] for name in names]
    assert {name.rpartition("/")[0] for name in made.files} == set(folders)
    assert {name.rpartition("/")[2] for name in made.files} == {"feedback.html"}


def test_canvas_gets_notebooks_under_the_names_that_it_gave(tmp_path):
    students = ("leekim_11", "leekim_12", "poeann_13", "roejan_14")
    made = for_submissions(grades(*students), pack(tmp_path, CANVAS), page, hints=False)
    assert set(made.files) == {CANVAS[0], CANVAS[2], CANVAS[3]}
    assert made.not_in_file == ["roejan_14"]
    notebook = nbformat.reads(made.files[CANVAS[0]], as_version=4)
    nbformat.validate(notebook)
    text = notebook.cells[1].source
    assert text.startswith("6.5 / 10 points\ndouble: 2.5 / 6\n")
    assert "expected <7>, got 8" in text
    assert "Mind the sign" not in text
    assert notebook.cells[1].cell_type == "raw"  # nothing of it is rendered or run


def test_another_archive_is_refused(tmp_path):
    with pytest.raises(UsageError, match="give the archive as it was downloaded"):
        for_submissions(grades("ada"), pack(tmp_path, ["ada/tiny.ipynb"]), page)
    (tmp_path / "no.zip").write_text("x")
    with pytest.raises(UsageError, match="not a zip"):
        for_submissions(grades("ada"), tmp_path / "no.zip", page)


def test_the_command_writes_the_archive_beside_the_results(tmp_path, capsys):
    for student in ("Jörg Müller_9001", "nobody_7"):
        results_files.write(result(student, double=2.5), tmp_path / "results")
    (tmp_path / "in.csv").write_text(GERMAN)
    command = ["export", "feedback", str(tmp_path / "results")]
    assert main([*command, "--worksheet", str(tmp_path / "in.csv")]) == 1
    said = capsys.readouterr()
    assert "feedback.zip: feedback for 1 of 2 students" in said.out
    assert "or without a notebook there: 'nobody_7'" in said.err
    with zipfile.ZipFile(tmp_path / "results/feedback.zip") as archive:
        (name,) = archive.namelist()
        assert name == "Jörg Müller_9001_assignsubmission_file_/feedback.html"
        assert "expected &lt;7&gt;, got 8" in archive.read(name).decode()
    assert not list((tmp_path / "results").glob(".*.part"))


def test_written_marks_come_along_in_canvas(tmp_path):
    results_files.write(result("leekim_11"), tmp_path / "results")
    with gradebook(tmp_path) as opened:
        enter(opened, "leekim_11")
    command = ["export", "feedback", str(tmp_path / "results"), "--submissions"]
    command += [str(pack(tmp_path, CANVAS)), "--gradebook-db", str(tmp_path / "gradebook.db")]
    assert main(command) == 0
    with zipfile.ZipFile(tmp_path / "results/feedback.zip") as archive:
        text = archive.read(CANVAS[0]).decode()
    assert "13.5 / 15 points" in text
    assert "written answers: 3.5 / 5" in text
