"""The benchmarks' own parts: classes that are what they say, and a page of what was measured."""

from __future__ import annotations

import itertools
import json
import sys

import pytest

from autograder.assignment.model import load
from autograder.notebooks.reader import Unreadable, read
from benchmarks.speed import classes, measured, overhead, page, peers

COST = {"wall": 8.0, "cpu": 9.0, "peak": 900.0, "status": 0, "wall_each": 2.0, "cpu_each": 2.5}
TOLD = {
    "peers": {
        "machine": "2 cores",
        "ours/right/4": COST,
        "nbgrader, answers only/right/4": {**COST, "wall_each": 24.0},
    },
    "released": {
        "machine": "2 cores",
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
            "room": 2.0,
            "asks": 1000.0,
            "asked_back": 500.0,
            "asking": 0.5,
            "checks": 0.4,
            "sessions": 0.1,
        },
    },
    "cluster": {
        "machine": "2 cores",
        "1 job, start/1": {**COST, "wall": 4.0},
        "1 job/101": {**COST, "wall": 104.0},
        "2 jobs, start/2": {**COST, "wall": 4.0},
        "2 jobs/102": {**COST, "wall": 54.0},
        "2 workers, start/2": {**COST, "wall": 8.0, "scheduler": 1.0, "bytes": 4096},
        "2 workers/102": {**COST, "wall": 68.0, "scheduler": 1.5, "bytes": 4096 + 100 * 2048},
    },
    "evening": {"machine": "2 cores", "two jobs/300": {**COST, "wall_each": 3.1}},
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


def test_what_a_command_leaves_behind_is_measured_too(tmp_path):
    inner = "import time\nend = time.process_time() + 0.6\nwhile time.process_time() < end: pass"
    left = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {inner!r}])"
    cost = measured.run([sys.executable, "-c", left], tmp_path)
    assert cost.cpu >= 0.6


def test_a_command_that_fails_is_told_with_its_status(tmp_path):
    assert measured.run([sys.executable, "-c", "raise SystemExit(3)"], tmp_path).status == 3


def test_each_grader_has_its_turn_at_the_same_submissions():
    seen = {"ours": [], "theirs": []}

    def grader(name):
        def grade(_assignment, made, count):
            seen[name].append([*itertools.islice(made, count)])
            return {"wall_each": float(len(seen[name]))}

        return grade

    graders = {name: grader(name) for name in seen}
    told = dict(peers.in_turn(graders, None, lambda _: iter(range(100)), 2, 3))
    assert seen["ours"] == seen["theirs"] == [[0, 1], [2, 3], [4, 5]]
    assert told["ours"] == {"wall_each": 2.0, "lowest": 1.0, "highest": 3.0, "rounds": 3}


def test_the_page_says_what_a_cluster_adds_and_what_a_large_class_would_take(tmp_path):
    page.write(TOLD, tmp_path)
    page = (tmp_path / "speed.md").read_text()
    assert "| 2 jobs | 0.500 | 100% |" in page
    assert "| 2 workers | 0.600 | 83% | 5.0 | 2 |" in page
    # 100,000 / 64 × (3.1 + 0.1) s
    assert "**83 minutes**" in page


def test_the_page_says_how_many_times_as_many_are_graded(tmp_path):
    page.write(TOLD, tmp_path)
    page = (tmp_path / "speed.md").read_text()
    assert "nbgrader, answers only, right, 4: this program grades 12.0 times as many" in page
    assert "this program grades 100.0 times as many a minute (in a class of 4)" in page
    assert "1.50 (1.40 to 1.60)" in page
    assert "to ask the room, 1,000 times; it asks back 500 times | 0.50 |" in page
    assert (tmp_path / "speed.png").stat().st_size > 10_000
