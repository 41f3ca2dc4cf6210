"""Artifacts in HTML: the student's beside those of the reference answers, every text escaped."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

from autograder.reports.artifact_html import render_artifacts
from autograder.reports.feedback_page import question_html
from autograder.reports.report import write_report
from autograder.results.model import QuestionResult, StoredArtifact
from tests.results.test_artifacts import NOISE, result, stored

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def question(*artifacts: StoredArtifact) -> QuestionResult:
    return result(*artifacts).questions[0]


def test_a_page_shows_both_artifacts_and_describes_them_in_words(tmp_path):
    mine, other = stored(NOISE)[0], stored(1 - NOISE)[0]
    curve = stored([543.0, 120.0], "Training")[0]
    reference = {"q": (other, replace(curve, numbers=(543.0, 110.0)))}
    write_report([result(mine, curve)], tmp_path, reference=reference)
    text = (tmp_path / "feedback" / "ada.html").read_text()
    assert re.findall(r"base64,([^\"]+)", text) == [mine.png, other.png]
    assert 'alt="Samples, yours: 20 images, 10 per row. A caption."' in text
    assert "yours goes from 543 to 120" in text
    assert "reference solution goes from 543 to 110" in text
    assert "<details>" not in text.partition("<img")[0]  # only passed checks are folded


def test_without_a_reference_the_students_images_are_shown_alone():
    assert render_artifacts(question(*stored(NOISE))).count("<img") == 1


def test_nbgraders_page_shows_the_same_images():
    images = render_artifacts(question(*stored(NOISE)), stored(NOISE))
    assert images in question_html(question(*stored(NOISE)), (), stored(NOISE))


def test_every_text_of_an_artifact_is_escaped():
    (sheet,), (curve,) = stored(NOISE), stored([2.0, 1.0])
    bad = [
        replace(sheet, name=EVIL, caption=EVIL),
        replace(curve, name=f"{EVIL} again", caption=EVIL),
        replace(sheet, png='" onerror="alert(1)'),
        replace(sheet, png=base64.b64encode(b"<svg onload=alert(1)>").decode()),
    ]
    text = render_artifacts(question(*bad), bad)
    assert "<script" not in text
    assert text.count("<img") == text.count("<img style=") == 2
    assert not re.search(r"<[^>]* on\w+=", re.sub(r'"[^"]*"', "", text))
    assert "c3ZnIG9ubG9hZD" not in text


def test_a_curve_of_zeros_and_curves_of_different_lengths_are_drawn():
    zeros, longer = stored([0.0, 0.0])[0], stored([3.0, 2.0, 1.0])[0]
    assert render_artifacts(question(zeros), [longer]).count("<polyline") == 2
    assert "nan" not in render_artifacts(question(zeros))


def test_a_curve_of_one_point_is_left_out():
    (curve,) = stored([2.0, 1.0])
    assert render_artifacts(question(replace(curve, numbers=(1.0,)))) == ""
