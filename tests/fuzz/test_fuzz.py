"""No broken notebook and no broken worker breaks the grader."""

from __future__ import annotations

import re

import pytest

from autograder.assignment.rubric import load
from autograder.grading.grade import grade
from autograder.sandbox import Sandbox
from tests import sample_class
from tests.fuzz import classes, frames, notebooks, reading_time, repeats


@pytest.fixture(scope="module")
def vae():
    return notebooks.load(notebooks.RUBRIC)


@pytest.fixture(scope="module")
def solved(vae):
    return notebooks.solved_notebook(vae)


def test_a_broken_notebook_is_read_or_refused_with_a_reason_and_intact_answers_run(vae, solved):
    answers = notebooks.load_bank(vae).answers()
    for what, data in notebooks.mutants(solved, 200):
        assert notebooks.lost(data, vae, answers) == set(), what


def test_no_file_takes_much_longer_than_an_ordinary_notebook_of_its_size():
    usual = reading_time.ordinary()
    shapes = [shape(4_000_000) for shape in reading_time.SHAPES.values()]
    for data in (*shapes, *reading_time.files(300, 100_000, seed=1)):
        assert not reading_time.is_slow(data, usual), data[:60]


@pytest.mark.exhaustive
@pytest.mark.parametrize("shape", reading_time.SHAPES.values(), ids=[*reading_time.SHAPES])
def test_a_file_of_twice_the_size_takes_at_most_two_and_a_half_times_as_long(shape):
    # Smaller files have fewer values than the limit, and their strings are not looked at.
    once, twice = (reading_time.seconds(shape(size), 3) for size in (24_000_000, 48_000_000))
    # Less than an ordinary notebook of this size takes does not matter.
    assert twice <= 2.5 * max(once, 24 * reading_time.ordinary())


@pytest.mark.exhaustive
def test_ten_thousand_files_are_read_in_time():
    usual = reading_time.ordinary()
    for data in reading_time.files(10_000, 50_000, seed=2):
        assert not reading_time.is_slow(data, usual), data[:60]


@pytest.mark.exhaustive
def test_a_broken_notebook_gets_a_result_and_its_intact_answers_their_points(vae, solved):
    answers = notebooks.load_bank(vae).answers()
    with Sandbox(path=[vae.source], preload=vae.preload) as sandbox:
        for what, data in notebooks.mutants(solved, 10, seed=1):
            result = grade(data, "x", vae, sandbox)
            assert result.status in {"graded", "unreadable"}, what
            for question in notebooks.intact(data, vae, answers):
                graded = result.question(question)
                answer = next(q.answer for q in vae.questions if q.id == question)
                # A second, broken definition may count instead, and rightly so.
                alone = len(re.findall(rf"(?:def|class) {answer}\b", data.decode(errors="replace")))
                assert graded.score == graded.max_score or alone > 1, (what, graded)


def test_broken_frames_end_in_an_answer_or_a_defined_error_and_cost_no_memory():
    frames.play(100, seed=99)  # memory that torch allocates once is not counted
    before = frames.peak_memory()
    ends = frames.play(2000)
    assert set(ends) <= {
        *("answered", "RemoteError", "Gone: closed", "Gone: nonsense", "Gone: late")
    }
    # Both kinds of end occur, and no round waits for its deadline.
    assert min(ends["answered"], ends["RemoteError"], ends["Gone: nonsense"]) > 50
    assert ends["Gone: late"] == 0
    assert frames.peak_memory() - before < 300  # MiB; one of the largest frames has 256


@pytest.mark.exhaustive
def test_a_class_of_broken_notebooks_gets_the_same_scores_from_nbgrader(tmp_path):
    course = classes.write_class(tmp_path, 15, seed=3)
    results, assignment = classes.by_autograder(course), load(course / "rubric.toml")
    for student, result in results.items():
        data = (course / "submitted" / student / "tiny" / "tiny.ipynb").read_bytes()
        assert classes.problem_with(result, data, assignment) == "", student
    # The gradebook has the sum of the existing scores.
    ours = {student: result["score"] or 0.0 for student, result in results.items()}
    assert ours == classes.by_nbgrader(course)
    assert len(results) == 15


@pytest.mark.exhaustive
def test_results_depend_on_neither_jobs_nor_order_nor_hash_seed(tmp_path):
    sample_class.write(tmp_path / "class")
    # one job and two, other names and therefore another order, other hashes
    rounds = [
        repeats.anonymous(repeats.grade(tmp_path / str(number), ("chloe", "dev"), number))
        for number in (0, 1)
    ]
    assert rounds[0] == rounds[1]
    assert rounds[0].keys() == {"chloe", "dev"}
