"""The release is built by nbgrader, up to date, and free of leaks."""

from __future__ import annotations

import gzip
import json

import pytest

from autograder.assignment.rubric import load
from autograder.authoring import leaks, release
from autograder.cli.main import main
from tests.courses import tiny


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A tiny course with its release, built once; tests that change it restore it."""
    root = tiny.write_course(tmp_path_factory.mktemp("released"))
    assignment = load(root / "rubric.toml")
    release.build(assignment)
    return assignment


@pytest.fixture
def planted(built):
    """Write into a released file and return the leaks; restore the release afterwards."""
    kept = {path: path.read_bytes() for path in release.files(built.release)}

    def plant(name: str, data: bytes) -> list[str]:
        (built.release / name).write_bytes(data)
        return [str(leak) for leak in leaks.find(built, built.release)]

    yield plant
    for path in release.files(built.release):
        path.write_bytes(kept[path]) if path in kept else path.unlink()


def in_notebook(assignment, place: str, text: str) -> bytes:
    """Return the released notebook with a text in one place of its first code cell."""
    tree = json.loads((assignment.release / "tiny.ipynb").read_text())
    cell = tree["cells"][1]
    if place == "output":
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": [text]}]
    elif place == "metadata":
        cell["metadata"]["note"] = text
    else:
        cell["source"] = text
    return json.dumps(tree).encode()


def test_the_release_has_stubs_with_docstrings_in_place_of_answers(built):
    text = (built.release / "tiny.ipynb").read_text()
    assert "SOLUTION" not in text
    assert text.count("raise NotImplementedError") == 2
    assert "Return twice x." in text


def test_building_the_release_again_changes_nothing(built):
    assert release.build(built) == []


def test_a_fresh_release_has_no_leak(built):
    assert leaks.find(built, built.release) == []


@pytest.mark.parametrize("place", ["source", "output", "metadata"])
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("    return double(double(x))", "a line of an answer (solutions/fourfold.py"),
        ("return    2*abs(x)", "forgets-the-sign.py"),
        ('  if fourfold(2.5) != 10.0:  # "quoted"', "a line of a check"),
        ("keeps_the_sign_of_what_it_gets", "the name of a hidden check"),
    ],
)
def test_a_secret_is_found_anywhere_in_a_notebook(built, planted, place, line, found):
    leak = planted("tiny.ipynb", in_notebook(built, place, line))
    assert any(one.startswith("tiny.ipynb: ") and found in one for one in leak)


def test_a_secret_in_any_other_file_is_found(built, planted):
    assert planted("README.md", b"Hint: return double(double(x))")


def test_a_held_back_image_is_found_even_inside_a_compressed_file(planted):
    image = bytes(range(17, 33))
    assert "number 1" in planted("more.bin", b"\0" * 99 + image + b"\0" * 7)[0]
    assert "number 1" in planted("more.bin", gzip.compress(b"\0" * 99 + image))[0]


def test_lines_that_are_in_the_source_are_no_leak(planted):
    assert planted("README.md", b"def double(x):\n    return x\nimport math\n") == []


def test_check_reports_stale_files_and_leaks_and_changes_nothing(built, planted, capsys):
    planted("README.md", b"return double(double(x))\n")
    arguments = ["release", "--check", "--rubric", str(built.rubric)]
    assert main(arguments) == 1
    printed = capsys.readouterr().out
    assert "stale: README.md" in printed
    assert "leak: README.md" in printed
    assert (built.release / "README.md").read_bytes() == b"return double(double(x))\n"


def test_build_removes_files_that_the_source_no_longer_has(built, planted, capsys):
    planted("old.txt", b"from last year")
    assert main(["release", "--rubric", str(built.rubric)]) == 0
    assert not (built.release / "old.txt").exists()
    assert main(["release", "--check", "--rubric", str(built.rubric)]) == 0
    assert "up to date, no leaks" in capsys.readouterr().out
