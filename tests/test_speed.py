"""The benchmarks' own parts: classes that are what they say, and a page of what was measured."""

from __future__ import annotations

import itertools
import json
import sys

import pytest

from autograder.assignment import load
from autograder.notebook import Unreadable, read
from benchmarks import classes, measured, overhead, speed_page

COST = {"wall": 8.0, "cpu": 9.0, "peak": 900.0, "status": 0, "wall_each": 2.0, "cpu_each": 2.5}
TOLD = {
    "peers": {
        "machine": "2 cores",
        "ours/right/4": COST,
        "nbgrader, answers only/right/4": {**COST, "wall_each": 24.0},
        "nbgrader, as released/right/1": {**COST, "wall_each": 200.0},
    },
    "overhead": {
        "machine": "2 cores",
        "reference": {
            "bare": 2.0,
            "whole": 3.0,
            "ratio": 1.5,
            "lowest": 1.4,
            "highest": 1.6,
            "rounds": 5,
        },
    },
    "students": {"machine": "2 cores", "seconds": {"vae_loss, warm": 0.1}},
}


@pytest.fixture(scope="module")
def assignment():
    return load()


def test_no_two_submissions_of_a_class_are_the_same(assignment):
    for kind in (classes.right, classes.mixed, classes.mistaken):
        first = list(itertools.islice(kind(assignment), 40))
        assert len(set(first)) == 40
        assert first == list(itertools.islice(kind(assignment), 40))


def test_of_twenty_mixed_submissions_one_is_cut_short_and_one_hangs(assignment):
    made = list(itertools.islice(classes.mixed(assignment), 20))
    assert sum(isinstance(read(one), Unreadable) for one in made) == 1
    assert sum(b"while True" in one for one in made) == 1


def test_a_notebook_of_answers_only_has_the_set_up_the_answers_and_their_checks(assignment):
    (made,) = itertools.islice(classes.right(assignment), 1)
    grades = {f"check-{one.id}": f"points({one.answer})" for one in assignment.questions}
    tree = json.loads(classes.only_answers(made, grades))
    code = [cell for cell in tree["cells"] if cell["cell_type"] == "code"]
    assert len(code) == 1 + 2 * len(assignment.questions)
    assert [cell["source"] for cell in code[2::2]] == list(grades.values())
    assert len(json.loads(classes.whole(made, grades))["cells"]) > len(code)


def test_a_command_is_measured_with_what_it_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(measured, "LOOK_EVERY", 0.1)
    work = "import subprocess, sys; subprocess.run([sys.executable, '-c', {!r}], check=True)"
    inner = (
        "import time; held = bytearray(2**27)\n"  # zeros that are never read take no memory
        "for place in range(0, 2**27, 4096): held[place] = 1\n"
        "end = time.process_time() + 0.6\nwhile time.process_time() < end: pass"
    )
    cost = measured.run([sys.executable, "-c", work.format(inner)], tmp_path)
    assert cost.status == 0
    assert cost.cpu >= 0.6
    assert cost.peak >= 128  # MiB, of the inner one


def test_a_clock_counts_the_outermost_call_once():
    clock = overhead.Clock()
    inner = clock.timed(lambda: sum(range(10**6)))
    before = clock.seconds
    clock.timed(lambda: [inner() for _ in range(3)])()
    once = clock.seconds - before
    inner()
    assert 0 < clock.seconds - before - once < once


def test_the_page_says_how_many_times_as_many_are_graded(tmp_path):
    speed_page.write(TOLD, tmp_path)
    page = (tmp_path / "speed.md").read_text()
    assert "nbgrader, answers only, right, 4: this program grades 12.0 times as many" in page
    assert "this program grades 100.0 times as many a minute (in a class of 4)" in page
    assert "1.50 (1.40 to 1.60)" in page
    assert (tmp_path / "speed.png").stat().st_size > 10_000
