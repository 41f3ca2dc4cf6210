"""Archives from Canvas and Moodle: whose each file is, which upload counts, what is left out."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import PurePosixPath

import pytest

from autograder.integrations.lms.archives import unpack
from autograder.integrations.lms.downloads import read_download
from autograder.integrations.lms.file_names import parse
from autograder.integrations.lms.times import parse_time
from tests.integrations.test_moodle_worksheets import GERMAN


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("doejane_12345_67890_tiny.ipynb", ("doejane", "12345", "tiny.ipynb", 67890, 0, False)),
        ("doejane_LATE_1_2_tiny-2.ipynb", ("doejane", "1", "tiny.ipynb", 2, 2, True)),
        ("von_der_leyen_7_8_tiny.ipynb", ("von_der_leyen", "7", "tiny.ipynb", 8, 0, False)),
        ("müllerjörg_7_8_tiny (1).ipynb", ("müllerjörg", "7", "tiny (1).ipynb", 8, 0, False)),
        ("doejane_LATE_1_2_work/a/tiny.ipynb", ("doejane", "1", "tiny.ipynb", 2, 0, True)),
        ("Jo Do_1_assignsubmission_file_/tiny.ipynb", ("Jo Do", "1", "tiny.ipynb", 0, 0, False)),
        ("Jo Do_1_assignsubmission_file/tiny.ipynb", ("Jo Do", "1", "tiny.ipynb", 0, 0, False)),
        ("Jo Do_1_assignsubmission_file_tiny.ipynb", ("Jo Do", "1", "tiny.ipynb", 0, 0, False)),
        ("Jo Do_1_assignsubmission_file_zip/t.ipynb", ("Jo Do", "1", "t.ipynb", 0, 0, False)),
        ("Zoë O'N_9_assignsubmission_file_/a b/t.ipynb", ("Zoë O'N", "9", "t.ipynb", 0, 0, False)),
        ("tiny.ipynb", None),
        ("doejane_tiny.ipynb", None),
    ],
)  # fmt: skip
def test_the_names_of_canvas_and_moodle_tell_whose_a_file_is(path, parts):
    found = parse(PurePosixPath("submissions", path))
    assert parts == (
        found and (found.name, found.number, found.file, found.upload, found.again, found.late)
    )


@pytest.mark.parametrize(
    "inside",
    ["roejan_102_9999_tiny.ipynb", "Jan Roe_9002_assignsubmission_file_/tiny.ipynb"],
)
@pytest.mark.parametrize("own", ["doejane_101_5001_all", "Jane Doe_9001_assignsubmission_file_"])
def test_a_student_cannot_name_a_file_after_another_student(own, inside):
    found = parse(PurePosixPath("submissions", own, inside))
    assert found.number in {"101", "9001"}


def lay(folder, **times: int):
    """Write files with these times; `__` in a name stands for a folder's end."""
    for name, seconds in times.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        os.utime(path, (seconds, seconds))
    return folder


def chosen(folder, **options) -> dict[str, str]:
    return {one.student: str(one.path) for one in read_download(folder, **options).chosen}


def test_of_several_uploads_the_last_counts_or_the_first(tmp_path):
    names = ["new/doejane_LATE_101_5009_t-1.ipynb", "old/doejane_101_5001_t.ipynb"]
    lay(tmp_path, **dict.fromkeys(names, 0))
    assert chosen(tmp_path) == {"doejane_101": names[0]}
    assert chosen(tmp_path, attempts="first") == {"doejane_101": names[1]}
    (said,) = read_download(tmp_path).problems("last")
    assert said == "Of several uploads of one file, the last was collected: 'doejane_101 (t.ipynb)'"


def test_of_two_downloads_from_moodle_the_later_counts(tmp_path):
    names = ["a/Jo_1_assignsubmission_file_/t.ipynb", "b/Jo_1_assignsubmission_file_/t.ipynb"]
    lay(tmp_path, **{names[0]: 2_000_000_000, names[1]: 1_000_000_000})
    assert chosen(tmp_path) == {"Jo_1": names[0]}
    assert chosen(tmp_path, attempts="first") == {"Jo_1": names[1]}


def test_students_of_one_name_and_one_number_in_both_systems_stay_apart(tmp_path):
    names = [
        "leekim_11_1_t.ipynb",
        "leekim_12_2_t.ipynb",
        "leekim_11_assignsubmission_file_t.ipynb",
    ]
    lay(tmp_path, **dict.fromkeys(names, 0))
    download = read_download(tmp_path)
    assert sorted(one.number for one in download.chosen) == ["11", "11", "12"]
    assert not download.passed_over


def test_what_is_left_out_is_named(tmp_path):
    names = ["doejane_101_1_t.ipynb", "doejane_101_2_a.pdf", "roejan_102_3_a.pdf", "x/t.ipynb"]
    lay(tmp_path, **dict.fromkeys([*names, "__MACOSX/x/._t.ipynb", ".DS_Store"], 0))
    assert list(read_download(tmp_path).problems("last")) == [
        "Not collected, no notebook: 'roejan_102 (a.pdf)'",
        "Not collected, the name of no student in: 'x/t.ipynb'",
    ]


def test_a_worksheet_in_the_download_gives_the_times_and_is_not_left_out(tmp_path):
    lay(tmp_path, **{"Jörg Müller_9001_assignsubmission_file_/t.ipynb": 0})
    (tmp_path / "Grades.csv").write_text(GERMAN)
    download = read_download(tmp_path, zone="Europe/Berlin")
    assert str(download.time(download.chosen[0])) == "2026-06-01 07:00:00"
    assert not download.unknown


@pytest.mark.parametrize(
    "text",
    [
        "Monday, 1 June 2026, 9:05 PM", "Monday, June 1, 2026, 9:05 PM",
        "Montag, 1. Juni 2026, 21:05", "lundi 1 juin 2026, 21:05",
        "lunes, 1 de junio de 2026, 21:05", "1 June 2026, 9:05 pm",
    ],
)  # fmt: skip
def test_moodles_times_are_read_in_its_languages(text):
    assert str(parse_time(text, "UTC")) == "2026-06-01 21:05:00"
    assert str(parse_time(text, "America/New_York")) == "2026-06-02 01:05:00"


@pytest.mark.parametrize(
    ("text", "hour"), [("1 June 2026, 12:00 AM", 0), ("1 June 2026, 12:30 PM", 12)]
)
def test_midnight_and_noon_are_told_apart(text, hour):
    assert parse_time(text, "UTC").hour == hour


@pytest.mark.parametrize("text", ["-", "", "Monday", "41 June 2026, 9:00 AM", "1 June 2026"])
def test_what_is_no_time_is_none(text):
    assert parse_time(text, "UTC") is None


def zipped(**files: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def unpacked(folder, **files: bytes) -> tuple[list[str], dict[str, bytes]]:
    """Unpack an archive with these files; return the problems, and what is there."""
    (folder / "all.zip").write_bytes(zipped(**files))
    problems = list(unpack(folder / "all.zip", folder / "all"))
    paths = [path for path in (folder / "all").rglob("*") if path.is_file()]
    return problems, {str(path.relative_to(folder / "all")): path.read_bytes() for path in paths}


def test_archives_of_students_are_unpacked_in_their_place(tmp_path):
    inner = zipped(**{"work/t.ipynb": b"1", "more.zip": zipped(**{"u.ipynb": b"2"})})
    problems, found = unpacked(tmp_path, **{"doejane_101_1_all.ZIP": inner, "a.pdf": b"3"})
    assert problems == []
    assert found == {
        "doejane_101_1_all/work/t.ipynb": b"1", "doejane_101_1_all/more/u.ipynb": b"2",
        "a.pdf": b"3",
    }  # fmt: skip


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.ipynb", bytes(101_000_000))
    return data.getvalue()


def encrypted() -> bytes:
    """Return an archive that says of its file that it is encrypted, in both of its headers."""
    data = bytearray(zipped(**{"t.ipynb": b"1"}))
    for signature, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + place] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK no archive", "cannot be opened"),
        (encrypted(), "is encrypted"),
        (bomb(), "has more than 100 MB"),
        (zipped(**{str(i): b"" for i in range(1001)}), "has more than 1000 files"),
        (zipped(**{"../../roejan_102_2_t.ipynb": b"x"}), "a name that leads elsewhere"),
    ],
)
def test_what_a_student_packed_badly_is_said_and_the_others_are_unpacked(tmp_path, data, reason):
    problems, found = unpacked(tmp_path, **{"a_1_1_x.zip": data, "b_2_2_t.ipynb": b"1"})
    assert len(problems) == 1
    assert reason in problems[0]
    assert found == {"a_1_1_x.zip": data, "b_2_2_t.ipynb": b"1"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all", "all.zip"]


def test_names_in_utf8_without_the_flag_are_read(tmp_path):
    data = zipped(**{"xx_1_1_t.ipynb": b"1"}).replace(b"xx_", "ö_".encode())
    (tmp_path / "all.zip").write_bytes(data)
    assert list(unpack(tmp_path / "all.zip", tmp_path / "all")) == []
    assert [path.name for path in (tmp_path / "all").iterdir()] == ["ö_1_1_t.ipynb"]
