"""The checks against the bank, in this process: right answers stand, mistakes fall.

`autograder validate` runs every answer through every check behind the wall. Here each mistake meets
only the check that must catch it, and the training check meets nobody.
"""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as the notebook's setup cell has it

from autograder.assignment.answer_bank import BankEntry, read_entry
from autograder.assignment.model import load
from autograder.checks import known_mistakes
from autograder.checks.conv_vae import diagnosis as conv_vae_diagnosis
from autograder.checks.interpolate import diagnosis as interpolate_diagnosis
from checkkit.outcomes import CheckResult
from checkkit.runner import run_checks

ROOT = Path(__file__).resolve().parents[2]
RUBRIC = load(ROOT / "rubric.toml")
QUESTIONS = {question.id: question for question in RUBRIC.questions}
# 384 steps of training: `autograder validate` runs it
TRAINING = "learns_to_reconstruct"
# two right answers that could trip a check up; the others take half a minute
ODD = ("lazy-layers", "batch-normalised", "residual-blocks")


def entries(kind: str) -> list[BankEntry]:
    return [read_entry(path) for path in sorted((ROOT / "solutions" / kind).glob("*/*.py"))]


RIGHT = [read_entry(path) for path in sorted((ROOT / "solutions").glob("*.py"))]
RIGHT += [c for c in entries("alternatives") if c.question != "conv_vae" or c.stem in ODD]
MISTAKES = [entry for entry in entries("mistakes") if entry.caught_by != TRAINING]
TABLES = ("SIGMAS", "KLS", "RECONS", "TOTALS", "WHOLES")
NAMED = {name: hint for t in TABLES for name, (_, hint) in getattr(known_mistakes, t).items()}
for table in (interpolate_diagnosis.WALKS, conv_vae_diagnosis.FORWARD, conv_vae_diagnosis.PRIORS):
    NAMED |= {name: hint for name, (_, hint) in table.items()}
NAMED |= dict(conv_vae_diagnosis.HEADS.values()) | conv_vae_diagnosis.BRIGHTNESS
for one in (
    conv_vae_diagnosis.ONE_FOR_ALL,
    conv_vae_diagnosis.ONE_PER_ROW,
    conv_vae_diagnosis.ENCODED,
    *known_mistakes.SHARED.values(),
):
    NAMED[one.misconception] = one.text


def names_of(entry: BankEntry) -> dict[str, object]:
    """Run a card as the notebook would: after the setup and the reference reparameterize."""
    names: dict[str, object] = {"torch": torch, "nn": nn, "F": F, "__name__": "__main__"}
    if entry.question != "reparameterize":
        exec((ROOT / "solutions" / "reparameterize.py").read_text("utf-8"), names)
    exec(compile(entry.code, entry.stem, "exec"), names)
    return names


def run(entry: BankEntry, select: list[str] | None = None) -> list[CheckResult]:
    question = QUESTIONS[entry.question]
    answers = {question.answer: names_of(entry)[question.answer]}
    wanted = select if select is not None else [i for i in question.points if i != TRAINING]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a mistake may warn: that is no failure of ours
        return run_checks(RUBRIC.check_files(question), answers, select=wanted)


@pytest.mark.parametrize("entry", RIGHT, ids=lambda entry: f"{entry.question}/{entry.stem}")
def test_a_right_answer_passes_every_check(entry):
    assert [result for result in run(entry) if result.outcome != "passed"] == []


@pytest.mark.parametrize("entry", MISTAKES, ids=lambda entry: f"{entry.question}/{entry.stem}")
def test_a_mistake_fails_the_check_that_is_to_catch_it(entry):
    if QUESTIONS[entry.question].answer not in names_of(entry):
        pytest.skip("the answer is missing: blocked before any check")
    (result,) = run(entry, [entry.caught_by])
    assert result.outcome in ("failed", "error")
    assert result.misconception in (None, *entry.names)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_every_check_has_points_and_says_what_it_is_for(question):
    found = []
    for path in RUBRIC.check_files(question):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("check_"):
                found.append(node.name.removeprefix("check_"))
                title, _, rest = (ast.get_docstring(node) or "").partition("\n\n")
                assert "\n" not in title, node.name
                assert rest, node.name
    assert sorted(found) == sorted(question.points)


def test_the_points_of_the_questions_are_those_of_the_notebook():
    points = {name: sum(question.points.values()) for name, question in QUESTIONS.items()}
    assert points == {"reparameterize": 20, "vae_loss": 25, "conv_vae": 35, "interpolate": 20}


def test_hints_are_those_of_the_bank():
    known = {entry.stem: entry.hint for entry in entries("mistakes")}
    assert {name: known.get(name) for name in NAMED} == NAMED


@pytest.mark.parametrize(
    ("stem", "check", "message", "hint"),
    [
        (
            "kl-logvar-read-as-log-sigma",
            "kl_matches_torch_distributions",
            "vae_loss: expected kl = 0.359 nats, got 2.195 (mu=[[0.]], logvar=[[1.]])",
            "logvar is log σ²: σ² = exp(logvar), not exp(2 · logvar).",
        ),
        (
            "output-25-pixels",
            "decode_gives_images",
            "ConvVAE.decode: expected shape (3, 1, 28, 28), got (3, 1, 25, 25) (z of shape=(3, 5))",
            "7 → 13 → 25: each ConvTranspose2d lacks output_padding=1",
        ),
        (
            "alpha-reversed",
            "steps_are_equal",
            "interpolate: expected z = -2 at [0], got 2.000 (mean of x1=-2, mean of x2=2, steps=5)",
            "the walk is the other way round: it starts at x1",
        ),
        (
            "one-eps-for-the-batch",
            "rows_are_independent",
            (
                "reparameterize: expected dependence (rows 0 and 1 of 64) 0 ± 0.126 "
                "(4,096 draws each), got 1"
            ),
            "Every image needs its own noise: draw eps in the shape of mu.",
        ),
    ],
)
def test_messages_state_the_fact_and_hint_on_evidence(stem, check, message, hint):
    entry = next(entry for entry in entries("mistakes") if entry.stem == stem)
    (result,) = run(entry, [check])
    assert (result.message, result.hint) == (message, hint)
