"""The release in a real JupyterLab: answers typed in, all cells run, every check seen to turn ✓."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import figures

from autograder.assignment.answer_bank import bank
from autograder.assignment.model import load
from tests.browser.student import Student, browser, browser_here, jupyterlab

FIRST_LINES = {
    "reparameterize": "def reparameterize(mu, logvar):",
    "vae_loss": "def vae_loss(recon_x, x, mu, logvar, beta=1.0):",
    "conv_vae": "class ConvVAE(nn.Module):",
    "interpolate": "def interpolate(model, x1, x2, steps=10):",
}
CHECKS = {
    "reparameterize": 'check("reparameterize", reparameterize)',
    "vae_loss": 'check("vae_loss", vae_loss)',
    "conv_vae": 'check("conv_vae", ConvVAE)',
    "interpolate": 'check("interpolate", interpolate)',
}
SECONDS = 900  # for all cells of vae.ipynb: one minute on a quiet core, and CI's are not

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
    """The folder for screenshots: the one in SCREENSHOTS, to keep them."""
    chosen = os.environ.get("SCREENSHOTS")
    return Path(chosen).resolve() if chosen else tmp_path_factory.mktemp("screenshots")


def _notebook_from_elsewhere() -> dict:
    """A notebook that was run on another machine, and so is not trusted here."""
    data = {"text/html": figures.loss_diagram()._repr_html_()}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    cell = {"cell_type": "code", "id": "figure", "metadata": {}, "execution_count": 1}
    return {
        "nbformat": 4, "nbformat_minor": 5, "metadata": {},
        "cells": [{**cell, "source": "figures.loss_diagram()", "outputs": [output]}],
    }  # fmt: skip


def test_with_the_four_answers_typed_in_every_check_turns_to_a_tick(opened, address, shots):
    student = Student(opened, address, "vae.ipynb")
    for question, answer in bank(load()).answers().items():
        student.write(student.cell(FIRST_LINES[question]), answer)
    student.run_all()
    student.wait_until_all_has_run(SECONDS)
    for question, source in CHECKS.items():
        shown = student.cell(source).locator(".jp-OutputArea")
        told = shown.inner_text()
        passed, of = map(int, re.search(r"(\d+) of (\d+) checks passed", told).groups())
        assert passed == of == told.count("✓") >= 5, told
        assert "✗" not in told
        student.photograph(shown, shots / f"{question}.png")
    prompts = student.page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()
    assert all(re.fullmatch(r"\[\d+\]:", prompt) for prompt in prompts), prompts
    assert student.page.locator('[data-mime-type$="stderr"]').count() == 0
    _figures_are_seen_and_described(student, at_least=24)
    _sliders_move_the_picture(student, shots)


def _figures_are_seen_and_described(student: Student, at_least: int) -> None:
    images = student.page.locator(".jp-OutputArea img[alt]")
    assert images.count() >= at_least
    for image in images.all():
        assert len(image.get_attribute("alt")) >= 40
        assert image.evaluate("image => image.naturalWidth") == 900
        assert image.evaluate("image => image.getBoundingClientRect().width") > 500


def _sliders_move_the_picture(student: Student, shots: Path) -> None:
    output = student.cell("explore(flat, mu)").locator(".jp-OutputArea")
    picture = output.locator("img.widget-image")
    before = picture.get_attribute("src")
    handle = output.get_by_role("slider").first
    handle.focus()
    for _ in range(10):
        handle.press("ArrowRight")
    student.page.wait_for_timeout(2000)
    assert picture.get_attribute("src") != before
    student.photograph(output, shots / "explorer.png")


def test_a_known_mistake_is_told_with_its_hint_and_no_traceback(opened, address, shots):
    student = Student(opened, address, "mistaken.ipynb")
    wrong = bank(load()).find("std-is-exp-logvar")
    student.write(student.cell(FIRST_LINES["reparameterize"]), wrong.code)
    student.run_all()
    student.wait_until_all_has_run(SECONDS)
    shown = student.cell(CHECKS["reparameterize"]).locator(".jp-OutputArea")
    told = shown.inner_text()
    assert "reparameterize: 5 of 6 checks passed, 4 of 6 points" in told
    assert told.count("✗") == 1
    assert "expected standard deviation 2.718" in told
    assert "hint: exp(logvar) is the variance; σ is its square root" in told
    assert "CheckFailed: reparameterize: expected standard deviation" in told
    assert "Traceback" not in told
    after = student.cell(CHECKS["vae_loss"]).locator(".jp-InputPrompt").inner_text()
    assert after.strip() == "[ ]:", "run-all stops at a check that fails"
    student.photograph(shown, shots / "mistake.png")
    student.photograph(None, shots / "mistake-in-the-notebook.png")


def test_figures_of_a_notebook_that_is_not_trusted_are_seen_all_the_same(opened, address):
    student = Student(opened, address, "sent.ipynb")
    _figures_are_seen_and_described(student, at_least=1)
