"""Pictures that checks show: kept small and the same, harmless, and never at a check's expense."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from autograder.reports import artifact_html, feedback
from autograder.reports.report import write_report
from autograder.results import artifacts, model
from autograder.results.model import CheckResult, QuestionResult, Result, Shown
from autograder.results.reuse import kept_questions, still_whole
from autograder.results.scoring import no_grade
from checkkit import outcomes

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
NOISE = np.random.default_rng(0).random((20, 1, 28, 28), dtype=np.float32)


def shown(values: object, name: str = "Samples") -> tuple[Shown, ...]:
    return artifacts.kept([outcomes.Shown(name, "A caption.", np.array(values, np.float32))])


def pixels(one: Shown) -> np.ndarray:
    """Return the pictures that are in a PNG, from 0 to 1, as another program reads them."""
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(one.png))).convert("L"))
    rows = sheet.shape[0] // 28
    tiles = sheet.reshape(rows, 28, -1, 28).transpose(0, 2, 1, 3).reshape(-1, 28, 28)
    return tiles[: one.count] / 255


def result(*there: Shown, student: str = "ada") -> Result:
    check = CheckResult("c", "A claim.", "passed", 4.0, 4.0, shown=there)
    question = QuestionResult("q", 4.0, 4.0, (check,))
    return Result(student, "tiny", "graded", 4.0, 4.0, (question,))


def test_another_program_reads_the_pictures_that_were_shown():
    (one,) = shown(NOISE)
    assert one.count == 20
    assert np.abs(pixels(one) - NOISE[:, 0]).max() <= 0.5 / 15 + 1e-6  # half a shade


@pytest.mark.parametrize("count", [1, 7, 10, 11])
def test_any_number_of_pictures_fills_rows_of_ten(count):
    (one,) = shown(NOISE[:count])
    assert np.abs(pixels(one) - NOISE[:count, 0]).max() <= 0.5 / 15 + 1e-6


def test_pixels_outside_0_and_1_are_black_and_white():
    (one,) = shown(np.stack([np.full((28, 28), -3.0), np.full((28, 28), 1e30)]))
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
def test_what_is_no_small_picture_and_no_short_curve_is_left_out(values):
    assert shown(values) == ()


def test_a_curve_ends_where_it_is_no_number_any_more():
    (one,) = shown([543.21, 200.0, np.nan, 100.0])
    assert one.numbers == (543.2, 200.0)


def test_pictures_of_pure_noise_stay_under_40_kb_and_a_fourth_sheet_of_it_is_left_out():
    four = [outcomes.Shown(str(k), "", np.roll(NOISE, k)) for k in range(4)]
    found = artifacts.kept(four)
    assert len(found) == 3
    assert sum(len(one.png) for one in found) <= 40_000


def test_the_same_pictures_are_the_same_bytes():
    assert shown(NOISE) == shown(NOISE.copy())


def test_pictures_come_back_from_a_result_file_and_a_check_without_any_says_nothing(tmp_path):
    there = result(*shown(NOISE), *shown([3.0, 2.0], "Training"))
    assert model.read(model.write(there, tmp_path)) == there
    (check,) = result().to_dict()["questions"][0]["checks"]
    assert "shown" not in check


def test_what_is_kept_of_an_earlier_grading_keeps_its_pictures(assignment, tmp_path):
    notebook = b"{}"
    made = no_grade(notebook, "ada", assignment, "unreadable", "")
    questions = []
    for question, one in zip(assignment.questions, made.questions, strict=True):
        checks = tuple(
            replace(check, outcome="passed", score=check.max_score, shown=shown(NOISE))
            for check in one.checks
        )
        digest = assignment.question_digest(question)
        score = question.max_score
        questions.append(replace(one, checks=checks, checks_sha256=digest, score=score))
    earlier = replace(made, status="graded", questions=tuple(questions), confinement=("a wall",))
    earlier = model.read(model.write(earlier, tmp_path))
    kept = kept_questions(earlier, notebook, assignment, confine=True)
    whole = still_whole(earlier, kept, notebook, assignment)
    assert whole is not None
    assert [c.shown for q in whole.questions for c in q.checks] == 3 * [shown(NOISE)]
    crossed = json.loads(json.dumps(whole.to_dict()))  # as it goes to a cluster and back
    assert model.from_dict(crossed) == whole


def test_a_page_shows_yours_beside_the_courses_and_says_in_words_what_is_there(tmp_path):
    mine, theirs = shown(NOISE)[0], shown(1 - NOISE)[0]
    curve = shown([543.0, 120.0], "Training")[0]
    course = {"q": (theirs, replace(curve, numbers=(543.0, 110.0)))}
    write_report([result(mine, curve)], tmp_path, course=course)
    text = (tmp_path / "feedback" / "ada.html").read_text()
    assert re.findall(r"base64,([^\"]+)", text) == [mine.png, theirs.png]
    assert 'alt="Samples, yours: 20 pictures, 10 in a row. A caption."' in text
    assert "yours goes from 543 to 120" in text
    assert "the course&#x27;s goes from 543 to 110" in text
    assert "<details>" not in text.partition("<img")[0]  # folded away are only the passed checks


def test_without_the_courses_pictures_yours_stand_alone():
    text = artifact_html.shown(result(*shown(NOISE)).questions[0])
    assert text.count("<img") == 1


def test_nbgraders_page_has_the_same_pictures():
    question = result(*shown(NOISE)).questions[0]
    assert artifact_html.shown(question, shown(NOISE)) in feedback.as_html(
        question, (), shown(NOISE)
    )


def test_nothing_in_what_is_shown_is_live():
    (sheet,), (curve,) = shown(NOISE), shown([2.0, 1.0])
    bad = [
        replace(sheet, name=EVIL, caption=EVIL),
        replace(curve, name=f"{EVIL} again", caption=EVIL),
        replace(sheet, png='" onerror="alert(1)'),
        replace(sheet, png=base64.b64encode(b"<svg onload=alert(1)>").decode()),
    ]
    text = artifact_html.shown(result(*bad).questions[0], bad)
    assert "<script" not in text
    assert text.count("<img") == text.count("<img style=") == 2
    assert not re.search(r"<[^>]* on\w+=", re.sub(r'"[^"]*"', "", text))
    assert "c3ZnIG9ubG9hZD" not in text


def test_a_curve_of_zeros_and_curves_of_two_lengths_are_drawn():
    zeros, longer = shown([0.0, 0.0])[0], shown([3.0, 2.0, 1.0])[0]
    text = artifact_html.shown(result(zeros).questions[0], [longer])
    assert text.count("<polyline") == 2
    assert "nan" not in artifact_html.shown(result(zeros).questions[0])
