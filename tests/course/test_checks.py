"""The checks against the answer bank, in this process: right answers pass, mistakes fail.

`autograder validate` runs every answer against every check, behind the wall. Here each mistake
is run only against the check that must catch it, and the training check is left out.
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
from autograder.assignment.rubric import load
from autograder.checks.conv_vae import known_mistakes as conv_vae
from autograder.checks.conv_vae import training_loop
from autograder.checks.interpolate import known_mistakes as interpolate
from autograder.checks.reparameterize import known_mistakes as reparameterize
from autograder.checks.vae_loss import known_mistakes as vae_loss
from checkkit.failure import Hint
from checkkit.outcomes import CheckReport
from checkkit.runner import run_checks
from tests.sampling import one_in

ROOT = Path(__file__).resolve().parents[2]
RUBRIC = load(ROOT / "rubric.toml")
QUESTIONS = {question.id: question for question in RUBRIC.questions}
# 384 steps of training: `autograder validate` runs it
TRAINING = "learns_to_reconstruct"
# right answers that are most likely to fail a check; the others take half a minute
ODD = ("lazy-layers", "batch-normalised", "residual-blocks")


def entries(kind: str) -> list[BankEntry]:
    return [read_entry(path) for path in sorted((ROOT / "solutions" / kind).glob("*/*.py"))]


RIGHT = [read_entry(path) for path in sorted((ROOT / "solutions").glob("*.py"))]
RIGHT += [c for c in entries("alternatives") if c.question != "conv_vae" or c.stem in ODD]
# These mistakes define another name; the engine blocks the question before any check runs, which
# `autograder validate` tests.
MISSPELT = ("class-misnamed", "function-misspelt")
MISTAKES = [
    entry
    for entry in entries("mistakes")
    if entry.caught_by != TRAINING and entry.stem not in MISSPELT
]
TABLES: tuple[dict, ...] = (
    reparameterize.SIGMAS,
    *(vae_loss.KLS, vae_loss.RECONS, vae_loss.TOTALS, vae_loss.RESULTS),
    *(conv_vae.FORWARD, conv_vae.PRIORS),
    interpolate.FRAMES,
)
HINTS = {name: hint for table in TABLES for name, (_, hint) in table.items()}
HINTS |= dict(conv_vae.HEADS.values()) | conv_vae.BRIGHTNESS | conv_vae.OUTPUTS
SINGLE = [
    hint
    for module in (reparameterize, vae_loss, conv_vae, interpolate)
    for hint in vars(module).values()
    if isinstance(hint, Hint)
]
HINTS |= {hint.misconception: hint.text for hint in (*SINGLE, *reparameterize.SHARED.values())}


def names_of(entry: BankEntry) -> dict[str, object]:
    """Run an entry as the notebook would: after the setup and the reference reparameterize."""
    names: dict[str, object] = {"torch": torch, "nn": nn, "F": F, "__name__": "__main__"}
    if entry.question != "reparameterize":
        exec((ROOT / "solutions" / "reparameterize.py").read_text("utf-8"), names)
    exec(compile(entry.code, entry.stem, "exec"), names)
    return names


def run(entry: BankEntry, select: list[str] | None = None) -> list[CheckReport]:
    question = QUESTIONS[entry.question]
    answers = {question.answer: names_of(entry)[question.answer]}
    wanted = select if select is not None else [i for i in question.check_ids if i != TRAINING]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a mistake may warn
        return run_checks(question.check_files, answers, select=wanted)


def _name(entry: BankEntry) -> str:
    return f"{entry.question}/{entry.stem}"


@pytest.mark.parametrize("entry", one_in(2, RIGHT), ids=_name)
def test_a_right_answer_passes_every_check(entry):
    assert [result for result in run(entry) if result.outcome != "passed"] == []


@pytest.mark.parametrize("entry", one_in(4, MISTAKES), ids=_name)
def test_a_mistake_fails_the_check_that_must_catch_it(entry):
    (result,) = run(entry, [entry.caught_by])
    assert result.outcome in ("failed", "error")
    assert result.misconception in (None, *entry.names)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_every_check_decides_a_criterion_has_a_title_and_says_what_it_catches(question):
    found = []
    for path in question.check_files:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("check_"):
                found.append(node.name.removeprefix("check_"))
                title, _, rest = (ast.get_docstring(node) or "").partition("\n\n")
                assert "\n" not in title, node.name
                assert rest, node.name
    assert sorted(found) == sorted(question.check_ids)


def test_the_points_of_the_questions_are_those_of_the_notebook():
    points = {name: question.max_score for name, question in QUESTIONS.items()}
    main = {"reparameterize": 20, "vae_loss": 25, "conv_vae": 35, "interpolate": 20}
    assert points == {"conv_transpose1d": 20, **main}


def test_hints_of_known_mistakes_are_those_of_the_answer_bank():
    known = {entry.stem: entry.hint for entry in entries("mistakes")}
    assert {name: known.get(name) for name in HINTS} == HINTS


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


class _FewImages(nn.Module):
    """A VAE whose decoder makes one image of three codes in ten: none of its units is on."""

    def __init__(self, latent_dim: int) -> None:
        super().__init__()
        self.latent_dim = latent_dim

    def decode(self, z):
        ink = (z.norm(dim=1, keepdim=True) - 1.5).relu() * z.sum(1, keepdim=True)
        return torch.sigmoid(ink * torch.ones(784)).reshape(-1, 1, 28, 28)

    def sample(self, n):
        return self.decode(torch.randn(n, self.latent_dim))


class _Reseeded(_FewImages):
    """The same, but every call draws the same."""

    def sample(self, n):
        torch.manual_seed(3)
        return super().sample(n)


@pytest.mark.parametrize(("model", "outcome"), [(_FewImages, "passed"), (_Reseeded, "failed")])
def test_samples_may_be_alike_where_the_decoder_makes_them_so(model, outcome):
    question = QUESTIONS["conv_vae"]
    (report,) = run_checks(question.check_files, {"ConvVAE": model}, select=["samples_differ"])
    assert report.outcome == outcome


@pytest.mark.parametrize(("recon", "stops"), [(120.0, True), (165.0, False), (206.0, False)])
def test_a_model_that_has_learnt_too_little_gets_a_second_round(monkeypatch, recon, stops):
    found = training_loop.Nats(recon, kl=20.0)
    monkeypatch.setattr(training_loop, "verdict", lambda *_: found)
    monkeypatch.setattr(training_loop, "safe", lambda *_: False)
    steps, model, images = training_loop.STEPS, nn.Identity(), torch.zeros(1)
    assert training_loop.over(model, steps, images) == stops
    assert not training_loop.over(model, steps + training_loop.EVALUATE_EVERY, images)
    assert training_loop.over(model, steps + training_loop.MORE_STEPS, images)
