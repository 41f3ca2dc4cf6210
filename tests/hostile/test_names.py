"""Students' folder names are untrusted: any name is graded and shown, and none has an effect."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from autograder.authoring.attacks.trial import active_content
from autograder.cli.main import main
from autograder.results import files as results_files
from autograder.support.files import file_name
from tests.courses import tiny

NAMES = (
    "<script>alert(1)</script>".replace("/", "\u2215"),
    "<img src=x onerror=alert(1)>",
    "'\" onmouseover=alert(1) x='",
    "\x1b]0;owned\x07\x1b[31mred",
    "two\nlines\r\nand a tab\t",
    ".hidden",
    "...",
    "-rf",
    "=1+1",
    "%2e%2e%2f",
    "CON",
    "a" * 255,
    "é" * 127,
    "\u202eevil\u2066",
    "学生",
    "\udcff\udcfe",
    "report",
    "Ada Lovelace (1815)",
)


def test_every_name_maps_to_a_distinct_visible_file_name_without_folders():
    odd = (*NAMES, "", ".", "..", "../up", "/etc/passwd", "a/b", "a\0b", "%2Fetc", "a" * 256)
    files = [file_name(name) for name in odd]
    assert len(set(files)) == len(files)
    for name in files:
        assert Path(name).name == name
        assert not name.startswith(".")
        assert len(name.encode()) <= 200
        assert name.isprintable()
    assert file_name("Ada Lovelace (1815)") == "Ada Lovelace (1815)"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow fewer names")
def test_a_class_of_odd_names_is_graded_and_pages_and_terminal_stay_clean(
    tmp_path, monkeypatch, capfd
):
    course = tiny.write_course(tmp_path / "course")
    for name in NAMES:
        path = course / "submitted" / name / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(tiny.answered())
    monkeypatch.chdir(course)
    assert main(["grade", "submitted", "--results", "results"]) == 0
    assert main(["report", "results"]) == 0
    output, errors = capfd.readouterr()
    assert not set(output + errors) & set("\x1b\x07\r\t\u202e\u2066"), "terminal escapes"
    found = results_files.read_folder(Path("results"))
    assert [one.score for one in found] == [10] * len(NAMES)
    readable = {os.fsencode(name).decode(errors="backslashreplace") for name in NAMES}
    assert {one.student for one in found} == readable
    pages = [*Path("results/feedback").glob("*.html"), Path("results/report.html")]
    assert len(pages) == 1 + len(NAMES)
    for page in pages:
        assert active_content(page.read_text(encoding="utf-8")) == []
