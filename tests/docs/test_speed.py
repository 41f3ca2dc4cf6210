"""The speed benchmark makes the classes it claims, measures correctly, and writes its page."""

from __future__ import annotations

import itertools
import json
import sys

import pytest

from autograder.assignment.rubric import load
from autograder.notebooks.reader import Unreadable, read
from benchmarks.speed import classes, graders, overhead, page, process_cost

COST = {"wall": 8.0, "cpu": 9.0, "peak": 900.0, "status": 0, "wall_each": 2.0, "cpu_each": 2.5}
MEASURED = {
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
    return load().main  # the benchmarks grade its main notebook


def test_no_two_submissions_of_a_class_are_equal(assignment):
    for kind in (classes.right, classes.mixed, classes.mistaken):
        first = list(itertools.islice(kind(assignment), 40))
        assert len(set(first)) == 40
        assert first == list(itertools.islice(kind(assignment), 40))


def test_one_in_twenty_mixed_submissions_is_cut_short_and_one_hangs(assignment):
    made = list(itertools.islice(classes.mixed(assignment), 20))
    assert sum(isinstance(read(one), Unreadable) for one in made) == 1
    assert sum(b"while True" in one for one in made) == 1


def test_a_notebook_of_answers_only_has_set_up_answers_and_checks(assignment):
    (made,) = itertools.islice(classes.right(assignment), 1)
    grades = {f"check-{one.id}": f"points({one.answer})" for one in assignment.questions}
    tree = json.loads(classes.only_answers(made, grades))
    code = [cell for cell in tree["cells"] if cell["cell_type"] == "code"]
    assert len(code) == 1 + 2 * len(assignment.questions)
    assert [cell["source"] for cell in code[2::2]] == list(grades.values())
    assert len(json.loads(classes.whole(made, grades))["cells"]) > len(code)


def test_a_command_is_measured_with_its_descendants(tmp_path, monkeypatch):
    monkeypatch.setattr(process_cost, "SAMPLE_INTERVAL", 0.1)
    work = "import subprocess, sys; subprocess.run([sys.executable, '-c', {!r}], check=True)"
    inner = (
        "import time; held = bytearray(2**27)\n"  # zeros that were never touched take no memory
        "for place in range(0, 2**27, 4096): held[place] = 1\n"
        "end = time.process_time() + 0.6\nwhile time.process_time() < end: pass"
    )
    cost = process_cost.run([sys.executable, "-c", work.format(inner)], tmp_path)
    assert cost.status == 0
    assert cost.cpu >= 0.6
    assert cost.peak >= 128  # MiB, of the inner one


def test_a_clock_counts_nested_calls_once():
    clock = overhead.Clock()
    inner = clock.timed(lambda: sum(range(10**6)))
    before = clock.seconds
    clock.timed(lambda: [inner() for _ in range(3)])()
    once = clock.seconds - before
    inner()
    assert 0 < clock.seconds - before - once < once


def test_orphans_of_a_command_are_measured_too(tmp_path):
    inner = "import time\nend = time.process_time() + 0.6\nwhile time.process_time() < end: pass"
    program = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {inner!r}])"
    cost = process_cost.run([sys.executable, "-c", program], tmp_path)
    assert cost.cpu >= 0.6


def test_the_cost_of_a_failing_command_has_its_status(tmp_path):
    assert process_cost.run([sys.executable, "-c", "raise SystemExit(3)"], tmp_path).status == 3


def test_every_grader_grades_the_same_submissions_in_each_round():
    seen = {"ours": [], "theirs": []}

    def grader(name):
        def grade(_assignment, made, count):
            seen[name].append([*itertools.islice(made, count)])
            return {"wall_each": float(len(seen[name]))}

        return grade

    both = {name: grader(name) for name in seen}
    costs = dict(graders.in_turn(both, None, lambda _: iter(range(100)), 2, 3))
    assert seen["ours"] == seen["theirs"] == [[0, 1], [2, 3], [4, 5]]
    assert costs["ours"] == {"wall_each": 2.0, "lowest": 1.0, "highest": 3.0, "rounds": 3}


def test_the_page_has_the_cost_of_a_cluster_and_an_estimate_for_a_large_class(tmp_path):
    page.write(MEASURED, tmp_path)
    text = (tmp_path / "speed.md").read_text()
    assert "| 2 jobs | 0.500 | 100% |" in text
    assert "| 2 workers | 0.600 | 83% | 5.0 | 2 |" in text
    # 100,000 / 64 × (3.1 + 0.1) s
    assert "**83 minutes**" in text


def test_the_page_compares_the_number_of_graded_submissions(tmp_path):
    page.write(MEASURED, tmp_path)
    text = (tmp_path / "speed.md").read_text()
    assert "nbgrader, answers only, right, 4: this program grades 12.0 times as many" in text
    assert "this program grades 100.0 times as many a minute (in a class of 4)" in text
    assert "1.50 (1.40 to 1.60)" in text
    assert "calls, 1,000 of them, and 500 back | 0.50 |" in text
    assert (tmp_path / "speed.png").stat().st_size > 10_000
