"""Submitted files: whatever the bytes, the reader returns cells or one sentence."""

from __future__ import annotations

import json
import multiprocessing
import random
import resource
import sys
from pathlib import Path

import pytest

from autograder.notebooks.reader import Notebook, Unreadable, read
from autograder.notebooks.stubs import released_stub
from tests.courses import tiny

GOOD = tiny.answered()


def reason(data: bytes) -> str:
    found = read(data)
    assert isinstance(found, Unreadable)
    assert found.reason.endswith(".")
    assert "\n" not in found.reason
    return found.reason


def test_a_sound_notebook_is_read_without_repairs():
    found = read(GOOD)
    assert isinstance(found, Notebook)
    assert found.repairs == ()
    assert [cell.kind for cell in found.cells] == ["markdown", *["code"] * 6]
    assert found.cells[2].grade_id == "double"
    assert found.cells[3].points == 6


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "only whitespace"),
        (b"\0" * 100, "only whitespace"),
        (GOOD[:500], "cut off"),
        (GOOD[:-3], "cut off"),
        (b"def f(x): return x", "does not start like JSON"),
        (b"PK\x03\x04 and so on", "a zip archive"),
        (b"%PDF-1.7 and so on", "a PDF file"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"[1, 2]", "it is not an object"),
        (b'{"a": 1}', "no list of cells"),
        (b'{"cells": 7}', "no list of cells"),
        (b'{"a": 1,, "b": 2}', "damaged"),
        (b'{"a":\n<<<<<<< ours\n1\n=======\n2\n>>>>>>> theirs\n}', "merge conflict"),
        (b'{"cells": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"cells": [], "n": ' + b"9" * 10_000 + b"}", "damaged"),
        (b'{"cells": [' + b"{}," * 10_001 + b"{}]}", "10,002 cells"),
        (random.Random(1).randbytes(5000), "does not start like JSON"),
    ],
)
def test_a_file_that_is_not_a_notebook_gets_a_sentence_that_says_why(data, words):
    assert words in reason(data)


def test_a_file_over_the_size_limit_is_refused_without_parsing(monkeypatch):
    monkeypatch.setattr("autograder.notebooks.reader.MAX_BYTES", 1000)
    assert "the limit is" in reason(b"{" * 1001)


# JSON values whose Python objects take many times their bytes.
BOMBS = {
    "lists": (b"[", b"[],", b"[]]"),
    "objects": (b'{"cells": [', b'{"a":{}},', b"{}]}"),
    "numbers": (b'{"cells": [], "x": [', b"1.5,", b"1]}"),
    "texts": (b'{"cells": [], "x": [', b'"ab",', b"1]}"),
    "lists in an output": (
        b'{"cells": [{"cell_type": "code", "source": "", "outputs": [',
        b"[[]],",
        b"[]]}]}",
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_file_that_would_grow_to_gigabytes_is_refused_within_one_gigabyte(bomb):
    head, middle, tail = BOMBS[bomb]
    data = head + middle * (99_000_000 // len(middle)) + tail
    fork = multiprocessing.get_context("fork")
    with fork.Pool(1, initializer=_limit_growth, initargs=(1 << 30,)) as process:
        found = process.apply(read, (data,))
    assert isinstance(found, Unreadable)
    assert "more than 6,000,000 values" in found.reason


def _limit_growth(more: int) -> None:
    """Limit the growth of this process to `more` bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def test_fifty_megabytes_of_output_with_commas_and_brackets_are_read():
    line = '[1/100], loss = [0.5, {0.25}], "quoted", \\ \n'
    lines = [line] * (50_000_000 // len(line))
    cells = tiny.source_cells()
    outputs = [{"output_type": "stream", "name": "stdout", "text": lines}]
    cells.append(tiny.cell("code", "print()", 8) | {"outputs": outputs})
    assert isinstance(read(tiny.notebook(cells)), Notebook)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_other_encodings_of_unicode_are_read(encoding):
    found = read(GOOD.decode().encode(encoding))
    assert isinstance(found, Notebook)
    assert found.cells == read(GOOD).cells
    assert bool(found.repairs) == (not encoding.startswith("utf-8"))


def test_a_file_in_an_old_encoding_keeps_its_code():
    text = GOOD.decode().replace("# Tiny", "# Tiny é σ".replace("σ", ""))
    found = read(text.encode("latin-1"))
    assert isinstance(found, Notebook)
    assert found.cells[2:] == read(GOOD).cells[2:]
    assert "not in UTF-8" in found.repairs[0]


def test_the_old_nbformat_3_is_converted():
    old = [{"cell_type": "code", "input": ["x = 1\n", "y = 2"]}, {"cell_type": "heading"}]
    found = read(json.dumps({"nbformat": 3, "worksheets": [{"cells": old}]}).encode())
    assert isinstance(found, Notebook)
    assert [(cell.kind, cell.source) for cell in found.cells] == [
        ("code", "x = 1\ny = 2"),
        ("markdown", ""),
    ]
    assert "nbformat 3" in found.repairs[0]


def test_invalid_cells_are_left_out_and_listed():
    cells = [*tiny.source_cells(), 7, {"cell_type": "code", "source": {"a": 1}}, None]
    found = read(tiny.notebook(cells))
    assert isinstance(found, Notebook)
    assert len(found.cells) == len(tiny.source_cells())
    assert found.repairs == ("Unreadable cells were left out: 8, 9, 10.",)


def test_damaged_nbgrader_metadata_is_ignored():
    marks = [7, {"nbgrader": []}, {"nbgrader": {"grade_id": 7, "points": "many", "locked": "yes"}}]
    cells = [{"cell_type": "code", "metadata": mark, "source": "x"} for mark in marks]
    found = read(tiny.notebook(cells))
    assert isinstance(found, Notebook)
    assert {(cell.grade_id, cell.locked, cell.points) for cell in found.cells} == {(None, False, 0)}


def test_a_lone_surrogate_in_a_cell_is_replaced_so_that_the_source_can_be_encoded():
    found = read(b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}')
    assert isinstance(found, Notebook)
    assert found.cells[0].source.encode()


def test_mutated_notebooks_never_raise():
    chance = random.Random(2)
    for _ in range(2000):
        data = bytearray(GOOD)
        for _ in range(chance.randint(1, 20)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert isinstance(read(bytes(data)), (Notebook, Unreadable))
        cut = chance.randrange(len(GOOD))
        assert isinstance(read(GOOD[:cut]), (Notebook, Unreadable))


def test_a_released_stub_has_nbgraders_text_in_the_place_of_each_solution():
    source = "def f(x):\n    ### BEGIN SOLUTION\n    raise X\n    ### END SOLUTION\n\nlast = 1"
    assert released_stub(source) == "def f(x):\n    raise NotImplementedError\n\nlast = 1"
