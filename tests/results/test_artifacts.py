"""Stored artifacts: small, validated, and always the same bytes."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from autograder.results import artifacts
from autograder.results import files as results_files
from autograder.results.model import (
    CheckResult,
    CriterionResult,
    QuestionResult,
    Result,
    StoredArtifact,
)
from autograder.results.reuse import reusable_questions, reuse_result
from autograder.results.scoring import judge, uniform_result
from checkkit import outcomes

NOISE = np.random.default_rng(0).random((20, 1, 28, 28), dtype=np.float32)


def stored(values: object, name: str = "Samples") -> tuple[StoredArtifact, ...]:
    return artifacts.store([outcomes.Artifact(name, "A caption.", np.array(values, np.float32))])


def pixels(one: StoredArtifact) -> np.ndarray:
    """Return the images in a PNG, from 0 to 1, as Pillow reads them."""
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(one.png))).convert("L"))
    rows = sheet.shape[0] // 28
    tiles = sheet.reshape(rows, 28, -1, 28).transpose(0, 2, 1, 3).reshape(-1, 28, 28)
    return tiles[: one.count] / 255


def result(*there: StoredArtifact, student: str = "ada") -> Result:
    check = CheckResult("c", "A claim.", "passed", shown=there)
    question = QuestionResult("q", 4.0, 4.0, (CriterionResult("k", "does", 4.0, 4.0, (check,)),))
    return Result(student, "tiny", "graded", 4.0, 4.0, (question,))


def test_pillow_reads_the_stored_images():
    (one,) = stored(NOISE)
    assert one.count == 20
    assert np.abs(pixels(one) - NOISE[:, 0]).max() <= 0.5 / 15 + 1e-6  # half a shade


@pytest.mark.parametrize("count", [1, 7, 10, 11])
def test_images_are_in_rows_of_ten(count):
    (one,) = stored(NOISE[:count])
    assert np.abs(pixels(one) - NOISE[:count, 0]).max() <= 0.5 / 15 + 1e-6


def test_pixels_outside_0_and_1_are_clipped():
    (one,) = stored(np.stack([np.full((28, 28), -3.0), np.full((28, 28), 1e30)]))
    assert (pixels(one)[0] == 0).all()
    assert (pixels(one)[1] == 1).all()


@pytest.mark.parametrize(
    "values",
    [
        NOISE * np.nan,
        np.full((2, 28, 28), np.inf),
        np.zeros((21, 28, 28)),
        np.zeros((1, 28, 33)),
        np.zeros((0, 28, 28)),
        np.zeros((28, 28)),
        3.0,
        [1.0],
        [np.nan, 1.0, 2.0],
        np.arange(65),
    ],
    ids=lambda values: f"{np.shape(values)}",
)
def test_artifacts_that_are_neither_small_images_nor_short_curves_are_left_out(values):
    assert stored(values) == ()


def test_a_curve_ends_before_its_first_value_that_is_not_finite():
    (one,) = stored([543.21, 200.0, np.nan, 100.0])
    assert one.numbers == (543.2, 200.0)


def test_a_check_may_store_three_sheets_of_noise_and_no_fourth():
    four = [outcomes.Artifact(str(k), "", np.roll(NOISE, k)) for k in range(4)]
    found = artifacts.store(four)
    assert len(found) == 3
    assert sum(len(one.png) for one in found) <= 40_000


def test_the_same_images_give_the_same_bytes():
    assert stored(NOISE) == stored(NOISE.copy())


def test_artifacts_round_trip_through_a_result_file_and_are_optional(tmp_path):
    there = result(*stored(NOISE), *stored([3.0, 2.0], "Training"))
    assert results_files.read(results_files.write(there, tmp_path)) == there
    (check,) = result().to_dict()["questions"][0]["criteria"][0]["checks"]
    assert "shown" not in check


def test_reused_questions_keep_their_artifacts(assignment, tmp_path):
    notebook = b"{}"
    made = uniform_result(notebook, "ada", assignment, "unreadable", "")
    questions = []
    for question, one in zip(assignment.questions, made.questions, strict=True):
        checks = {c.id: replace(c, outcome="passed", shown=stored(NOISE)) for c in one.checks}
        questions.append(replace(judge(question, checks), checks_sha256=question.digest))
    earlier = replace(
        made,
        status="graded",
        score=assignment.max_score,
        questions=tuple(questions),
        confinement=("landlock",),
    )
    earlier = results_files.read(results_files.write(earlier, tmp_path))
    reusable = reusable_questions(earlier, notebook, assignment, confine=True)
    reused = reuse_result(earlier, reusable, notebook, assignment)
    assert reused is not None
    assert [c.shown for q in reused.questions for c in q.checks] == 3 * [stored(NOISE)]
    received = json.loads(json.dumps(reused.to_dict()))  # as a cluster's worker sends it
    assert results_files.from_dict(received) == reused
