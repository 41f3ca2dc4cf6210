"""The release in a real JupyterLab: answers typed in, all cells run, every check passed."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import figures
from playwright.sync_api import Browser

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.model import Assignment
from autograder.assignment.rubric import load
from tests.browser.student import Student, browser, browser_here, jupyterlab

FIRST_LINES = {
    "conv_transpose1d": "def conv_transpose1d(",
    "reparameterize": "def reparameterize(mu, logvar):",
    "vae_loss": "def vae_loss(recon_x, x, mu, logvar, beta=1.0):",
    "conv_vae": "class ConvVAE(nn.Module):",
    "interpolate": "def interpolate(model, x1, x2, steps=10):",
}
CHECKS = {
    "conv_transpose1d": 'check("conv_transpose1d", conv_transpose1d)',
    "reparameterize": 'check("reparameterize", reparameterize)',
    "vae_loss": 'check("vae_loss", vae_loss)',
    "conv_vae": 'check("conv_vae", ConvVAE)',
    "interpolate": 'check("interpolate", interpolate)',
}
SECONDS = 900  # for all cells of vae.ipynb: a minute on an idle core, much more in CI

pytestmark = pytest.mark.skipif(browser_here() is None, reason="no Chromium or Chrome here")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("student") / "vae"
    shutil.copytree(load().release, folder)
    shutil.copy(folder / "vae.ipynb", folder / "mistaken.ipynb")
    (folder / "sent.ipynb").write_text(json.dumps(_notebook_from_elsewhere()))
    return folder


@pytest.fixture(scope="module")
def address(released: Path) -> Iterator[str]:
    with jupyterlab(released) as served:
        yield served


@pytest.fixture(scope="module")
def opened() -> Iterator[object]:
    with browser(str(browser_here())) as started:
        yield started


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of screenshots: SCREENSHOTS to keep them."""
    chosen = os.environ.get("SCREENSHOTS")
    return Path(chosen).resolve() if chosen else tmp_path_factory.mktemp("screenshots")


def _notebook_from_elsewhere() -> dict:
    """Return a notebook that was run on another machine and is not trusted here."""
    data = {"text/html": figures.loss_diagram()._repr_html_()}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    cell = {"cell_type": "code", "id": "figure", "metadata": {}, "execution_count": 1}
    return {
        "nbformat": 4, "nbformat_minor": 5, "metadata": {},
        "cells": [{**cell, "source": "figures.loss_diagram()", "outputs": [output]}],
    }  # fmt: skip


@pytest.mark.exhaustive  # it trains; authoring/test_solved.py does the same without a browser
def test_with_the_four_answers_typed_in_every_check_passes(opened, address, shots):
    student = _with_the_answers(opened, address, load().main, shots)
    _check_figures(student, at_least=24)
    _check_sliders(student, shots)


@pytest.mark.exhaustive  # likewise
def test_with_the_answer_typed_in_every_check_of_the_first_notebook_passes(opened, address, shots):
    (first,) = (part for part in load().parts if part.notebook != load().notebook)
    _with_the_answers(opened, address, first, shots)


def _with_the_answers(browser: Browser, address: str, part: Assignment, shots: Path) -> Student:
    """Type the reference answers into a notebook and run it; return the student."""
    student = Student(browser, address, part.notebook)
    answers = load_bank(load()).answers()
    for question in part.questions:
        student.write(student.cell(FIRST_LINES[question.id]), answers[question.id])
    student.run_all()
    student.wait_until_all_have_run(SECONDS)
    for question in part.questions:
        shown = student.cell(CHECKS[question.id]).locator(".jp-OutputArea")
        text = shown.inner_text()
        passed, of = map(int, re.search(r"(\d+) of (\d+) checks passed", text).groups())
        assert passed == of == text.count("✓") >= 5, text
        assert "✗" not in text
        student.screenshot(shown, shots / f"{question.id}.png")
    prompts = student.page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()
    assert all(re.fullmatch(r"\[\d+\]:", prompt) for prompt in prompts), prompts
    assert student.page.locator('[data-mime-type$="stderr"]').count() == 0
    return student


def _check_figures(student: Student, at_least: int) -> None:
    images = student.page.locator(".jp-OutputArea img[alt]")
    # Outputs are rendered some time after the kernel is idle: wait for them.
    images.nth(at_least - 1).wait_for()
    for image in images.all():
        assert len(image.get_attribute("alt")) >= 40
        image.evaluate("image => image.decode()")
        assert image.evaluate("image => image.naturalWidth") == 1800
        assert image.evaluate("image => image.getBoundingClientRect().width") > 500


def _check_sliders(student: Student, shots: Path) -> None:
    output = student.cell("explore(flat, mu)").locator(".jp-OutputArea")
    picture = output.locator("img.widget-image")
    before = picture.get_attribute("src")
    handle = output.get_by_role("slider").first
    handle.focus()
    for _ in range(10):
        handle.press("ArrowRight")
    student.page.wait_for_timeout(2000)
    assert picture.get_attribute("src") != before
    student.screenshot(output, shots / "explorer.png")


def test_a_known_mistake_gets_its_hint_and_no_traceback(opened, address, shots):
    student = Student(opened, address, "mistaken.ipynb")
    wrong = load_bank(load()).find("std-is-exp-logvar")
    student.write(student.cell(FIRST_LINES["reparameterize"]), wrong.code)
    student.run_all()
    student.wait_until_all_have_run(SECONDS)
    shown = student.cell(CHECKS["reparameterize"]).locator(".jp-OutputArea")
    text = shown.inner_text()
    assert "reparameterize: 5 of 6 checks passed" in text
    assert text.count("✗") == 1
    assert "expected standard deviation 2.718" in text
    assert "hint: exp(logvar) is the variance; σ is its square root" in text
    assert "CheckFailed: reparameterize: expected standard deviation" in text
    assert "Traceback" not in text
    after = student.cell(CHECKS["vae_loss"]).locator(".jp-InputPrompt").inner_text()
    assert after.strip() == "[ ]:", "run-all stops at a check that fails"
    student.screenshot(shown, shots / "mistake.png")
    student.screenshot(None, shots / "mistake-in-the-notebook.png")


def test_figures_of_an_untrusted_notebook_are_rendered(opened, address):
    student = Student(opened, address, "sent.ipynb")
    _check_figures(student, at_least=1)
