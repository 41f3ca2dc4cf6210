"""Pages and tables under pseudonyms name nobody."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cli.main import main
from autograder.reports import pseudonyms
from autograder.reports.similarity import SimilarPair
from autograder.results.files import write
from autograder.results.model import Result
from tests import made

STUDENTS = ("ada-lovelace", "a", "<b>", "Zoë Ünal", "passed", "..", "x.y")
KEY = b"k" * 32


def result(student: str) -> Result:
    message = f"/home/{student}/vae.ipynb: expected 1, got {student} of ada-lovelace"
    hint = f"Ask {student}."
    wrong = made.check("passed", "A claim.", "failed", message, hint=hint, misconception="a-name")
    question = made.question("q", 0.0, 2.0, [wrong])
    found = Result(student, "tiny", "graded", 0.0, 2.0, (question,))
    return replace(found, message=f"{student} was late.", repairs=(f"Of {student}: mended.",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for student in STUDENTS:
        write(result(student), tmp_path)
    return tmp_path


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_no_file_contains_a_name_in_its_text_or_in_its_own_name(folder):
    assert main(["report", str(folder), "--pseudonyms"]) == 0
    files = files_in(folder / "pseudonyms")
    assert {"report.html", "class.json", "students.csv"} <= {path.name for path in files}
    # "a" is in every text, and "passed" is a check of the course.
    for name in ("ada-lovelace", "Zoë Ünal", "x.y", "&lt;b&gt;", "/home/passed/"):
        for path in files:
            assert name not in path.read_text(encoding="utf-8"), path
    assert not {path.stem for path in files} & set(STUDENTS)


def test_the_table_for_the_staff_has_everybody_and_is_not_among_the_pages(folder):
    main(["report", str(folder), "--pseudonyms"])
    with (folder / "pseudonyms.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(STUDENTS)
    known = {row["pseudonym"] for row in rows}
    pages = {path.stem for path in (folder / "pseudonyms" / "feedback").iterdir()}
    assert pages == known
    for name in ("pseudonyms.csv", "pseudonyms.key"):
        assert (folder / name).stat().st_mode & 0o077 == 0
        assert not list((folder / "pseudonyms").rglob(name))


def test_a_student_keeps_the_pseudonym_and_another_folder_has_others(folder, tmp_path_factory):
    results = [result(student) for student in STUDENTS]
    once, again = (pseudonyms.without_names(results, None, folder) for _ in range(2))
    names = [one.student for one in once.results]
    assert names == [one.student for one in again.results] == sorted(names)
    elsewhere = pseudonyms.without_names(results, None, tmp_path_factory.mktemp("other"))
    assert not {one.student for one in elsewhere.results} & set(names)


def test_texts_of_the_course_stay_although_a_student_is_called_like_them(folder):
    results = [result(student) for student in STUDENTS]
    for one in pseudonyms.without_names(results, None, folder).results:
        (check,) = one.questions[0].checks
        assert (check.id, check.title, check.outcome) == ("passed", "A claim.", "failed")
        assert one.status == "graded"


@pytest.mark.parametrize("name", ["passed", "failed", "sign", "graded", "q", "Samples"])
def test_a_student_called_like_a_word_of_the_results_changes_nothing_else(name, tmp_path):
    lost = made.check("sign", "A.", "failed", "got 1")
    follows = made.check("follows", "B.", "failed", "got 2", because="sign")
    mended = replace(
        made.check("mended"), mend="Mended.", unmended_outcome="failed", unmended_message="got 3"
    )
    question = made.question("q", 0.0, 2.0, [lost, follows, mended])
    one = Result(name, "tiny", "graded", 0.0, 2.0, (question,))
    (found,) = pseudonyms.without_names([one], None, tmp_path).results
    assert replace(found, student=name) == one


@pytest.mark.parametrize(
    ("student", "text", "wanted"),
    [
        ("ada-lovelace", "ADA-Lovelace's", "{}'s"),
        ("ada-lovelace", "/home/ada-lovelace_vae.ipynb", "/home/{}_vae.ipynb"),
        ("ada-lovelace", "zada-lovelace, ada-lovelaces", "zada-lovelace, ada-lovelaces"),
        ("Zo\u00eb", "of Zoe\u0308:", "of {}:"),
        ("<b>/x", "%3Cb%3E%2Fx.ipynb", "{}.ipynb"),
        ("sam-s", "\u017fam-s", "s-unknown"),
        ("ab", "ab and abc", "ab and abc"),
    ],
    ids=["case", "underscore", "parts of words", "composed", "file name", "long s", "short"],
)
def test_a_name_is_replaced_however_it_is_spelled(student, text, wanted, tmp_path):
    one = replace(result(student), repairs=(text,))
    (found,) = pseudonyms.without_names([one], None, tmp_path).results
    assert found.repairs == (wanted.format(found.student),)


def test_names_that_begin_alike_are_told_apart(tmp_path):
    names = ("ada", "ada-b", "ada-bc", "Ada", "adam")
    text = " ".join(names)
    results = [replace(result(name), repairs=(text,)) for name in names]
    known = pseudonyms.pseudonyms(names, KEY)
    (tmp_path / pseudonyms.KEY).write_text(KEY.hex())
    for one in pseudonyms.without_names(results, None, tmp_path).results:
        assert one.repairs == (" ".join(known[name] for name in names),)


@pytest.mark.parametrize("content", ["", "\n", "abc", "z" * 64], ids=repr)
def test_a_key_that_is_none_is_refused(content, folder, capsys):
    (folder / "pseudonyms.key").write_text(content)
    assert main(["report", str(folder), "--pseudonyms"]) == 2
    assert "pseudonyms.key: not a key" in capsys.readouterr().err
    assert not (folder / "pseudonyms").exists()


def test_pairs_are_named_by_pseudonyms(folder):
    results = [result(student) for student in STUDENTS]
    pair = SimilarPair(("ada-lovelace", "x.y"), ("q",), 0.99, both_wrong=True)
    nameless = pseudonyms.without_names(results, [pair], folder)
    (found,) = nameless.pairs or ()
    assert set(found.students) <= {one.student for one in nameless.results}


def test_pseudonyms_that_would_be_alike_are_made_longer(monkeypatch):
    monkeypatch.setattr(pseudonyms, "_LETTERS", 1)
    names = pseudonyms.pseudonyms([f"student-{number}" for number in range(200)], KEY)
    assert len(set(names.values())) == 200
