"""A student makes known mistakes, one by one: what the visible check says (docs/walk.md)."""

from __future__ import annotations

import linecache
import re
from pathlib import Path

import pytest
import torch
from lab.checks import ANSWERS, VISIBLE_CHECKS
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from checkkit.runner import run_checks

BANK = load_bank(load())
CHECKS = load().visible_checks
WALK = (Path(__file__).resolve().parents[2] / "docs/walk.md").read_text()

# mistake: words that its block must hold
SEEN = {
    "std-is-exp-logvar": "hint: exp(logvar) is the variance",
    "std-is-logvar": "hint: logvar is the logarithm of the variance, not σ",
    "returns-mu": "hint: z is mu plus noise",
    "kl-sign-flipped": "hint: the sign is the other way round",
    "kl-without-half": "hint: the factor ½",
    "kl-logvar-read-as-log-sigma": "hint: logvar was read as log σ",
    "recon-averaged": "hint: binary_cross_entropy averages by default",
    "total-alone-returned": "expected 3 values (total, recon, kl), got a tensor of shape ()",
    "all-as-floats": "expected a scalar tensor, got the number 1643",
    "output-25-pixels": "hint: 7 → 13 → 25",
    "sigmoid-missing": "expected pixels in [0, 1], got -0.",
    "latent-dim-ignored": "expected shape (3, 5), got (3, 16)",
    "forward-returns-mu-first": "recon_x: expected shape (3, 1, 28, 28), got (3, 5)",
    "alpha-reversed": "hint: the walk is the other way round",
    "frames-as-list": "got a list of 5",
    "one-frame-too-many": "expected shape (5, 1, 28, 28), got (6, 1, 28, 28)",
    "model-left-in-eval": "left in training mode, found it in eval mode",
    "gradient-kept": "expected images without a gradient, got one",
    "noise-uniform": "hint: the noise varies as uniform noise between 0 and 1 does",
    "torch-normal-has-no-gradient": "hint: the draw itself is in the gradient's way",
    "mu-detached": "hint: is the way back to mu cut",
    "logvar-detached": "hint: is the way back to logvar cut",
    "one-eps-per-row": "hint: numbers share their noise here",
    "one-eps-for-all": "hint: numbers share their noise here",
    "latent-dim-hard-coded-in-noise": "hint: 3 numbers meet 16",
    "bce-arguments-swapped": "hint: the arguments are the other way round",
    "mse-instead-of-bce": "hint: this is the squared error",
    "bce-with-logits-on-probabilities": "hint: recon_x was taken for logits",
    "kl-one-outside-the-sum": "hint: the 1 in the formula counts for each number",
    "beta-ignored": "hint: beta plays no part in it",
    "output-27-pixels": "hint: figures.decoder_sizes(ConvVAE()) draws how your layers come to 27",
    "batch-size-hard-coded-in-decoder": "hint: 3 pictures came, and this line asks for 128",
    "features-miscounted": "hint: 1568 numbers a picture arrive at this layer",
    "layers-in-a-list": "hint: PyTorch does not see layers in a plain list",
    "super-not-called": "hint: super().__init__() comes first",
    "logvar-from-the-mu-head": "hint: nothing that forward returns depends on it",
    "cross-fade-of-pixels": "hint: these are x1 and x2 themselves",
    "samples-z-at-the-ends": "hint: two calls give different images",
    "both-ends-missing": "hint: an end is missing",
    "integer-division-of-alpha": "hint: the share of the way is 0 until it is 1",
    "images-not-batched": "hint: a model takes batches",
}
UNSEEN = ("relu-on-both-heads", "decoder-fed-mu")
RAISED = ("latent-dim-hard-coded-in-noise", "features-miscounted", "images-not-batched")


def told(stem: str) -> str:
    """Return what a student who makes this mistake reads below the check."""
    entry = BANK.find(stem)
    notebook: dict = {"torch": torch, "nn": nn, "F": F}
    for question, code in BANK.answers(entry).items():
        name = f"/tmp/ipykernel_1/{question}.py"
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        exec(compile(code, name, "exec"), notebook)
    answer = ANSWERS[entry.question]
    results = run_checks([CHECKS / f"check_{entry.question}.py"], {answer: notebook[answer]})
    return repr(VISIBLE_CHECKS.block(entry.question, results))


@pytest.mark.parametrize("stem", SEEN)
def test_the_visible_check_says_what_to_look_at(stem):
    said = told(stem)
    assert SEEN[stem] in said
    assert "✗" in said
    assert ("of the cell, in " in said) == (stem in RAISED or "your code raised" in said)


@pytest.mark.parametrize("stem", UNSEEN)
def test_what_the_visible_checks_cannot_see_is_said_to_be_left_to_others(stem):
    said = told(stem)
    assert "✗" not in said
    assert "further inputs decide, too" in said.splitlines()[0]


def test_the_page_tells_of_the_same_walk():
    rows = [line.split("|")[1] for line in WALK.splitlines() if line.startswith("| `")]
    told_of = {stem for row in rows for stem in re.findall(r"`([a-z0-9-]+)`", row)}
    assert told_of == {*SEEN, *UNSEEN}
    assert f"{len(SEEN)} + {len(UNSEEN)} of the mistakes" in WALK
