"""Images that a trained ConvVAE makes; students see them beside those of the course.

They are made after the verdict, in a process that has never seen a held-back digit and that no
check depends on. The inputs are digits that students have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial

import numpy as np
import torch
from lab.checks.vae import Model, decoded, encoded
from torch import Tensor
from torch.distributions import MultivariateNormal
from torch.nn import functional as F  # noqa: N812 - as everyone writes it

from checkkit import expect
from checkkit.artifacts import Answers, ArtifactRecorder

from .. import digits
from . import training, training_loop

EVERY = 16  # steps per number of the curve, which has at most 24
SAMPLES, STEPS = 20, 10
ENCODED = 500  # digits, to estimate the distribution of codes from
FROM, TO = 3, 6  # the digits to interpolate between
LABELS_HEADER = 8  # magic number, count: two big-endian words


@contextmanager
def add_training_curve(artifacts: ArtifactRecorder) -> Iterator[list[float]]:
    """Yield a list for the loss of each step; add the curve even if the training fails."""
    losses: list[float] = []
    try:
        yield losses
    finally:
        pieces = [losses[k : k + EVERY] for k in range(0, len(losses), EVERY)]
        caption = (
            f"Loss per digit, in nats: means of {EVERY} steps. β is raised slowly; training stops"
            " where it is surely enough."
        )
        artifacts.add("Training", [sum(piece) / len(piece) for piece in pieces], caption)


def add_trained_images(artifacts: ArtifactRecorder, weights: dict[str, Tensor]) -> None:
    """Add images of a model with these weights, once the check has its outcome."""

    @cache
    def model(build: Callable[..., Model]) -> Model:
        return training.with_weights(build, training_loop.LATENT_DIM, weights)

    def make(add: Callable[[ArtifactRecorder, Model, Answers], None], answers: Answers) -> None:
        with torch.no_grad():
            add(artifacts, model(answers["ConvVAE"]), answers)

    for add in (_reconstructions, _samples, _interpolation):
        artifacts.add_later(partial(make, add))


@cache
def one_of_each() -> Tensor:
    """Return one digit of each class, 0 to 9; students have them."""
    path = digits.PUBLIC / "t10k-labels-idx1-ubyte"
    labels = np.frombuffer(path.read_bytes(), dtype=np.uint8, offset=LABELS_HEADER)
    return digits.validation()[[int(np.argmax(labels == digit)) for digit in range(10)]]


def _reconstructions(artifacts: ArtifactRecorder, model: Model, _answers: Answers) -> None:
    x = one_of_each()
    caption = "Ten digits that you have; below each, what is decoded from its mean"
    recon_x = _reconstructed(model.eval(), x)
    if _nats(recon_x, x) >= training_loop.THRESHOLD:
        # Running averages may lag behind; that costs no points either. See `training_loop.verdict`.
        other = _reconstructed(model.train(), x)
        if _nats(other, x) < _nats(recon_x, x):
            recon_x, caption = other, f"{caption}, in training mode"
    artifacts.add("Reconstructions", torch.cat([x, recon_x]), f"{caption}.")


def _samples(artifacts: ArtifactRecorder, model: Model, _answers: Answers) -> None:
    # Training stops before β is 1, so that the codes of digits fill only a part of the prior.
    # Samples of the prior would look like noise even where everything is right.
    mu, logvar = encoded(model.eval(), digits.validation()[:ENCODED], training_loop.LATENT_DIM)
    spread = torch.cov(mu.T).reshape(mu.shape[1], -1) + torch.diag(logvar.exp().mean(0))
    codes = MultivariateNormal(mu.mean(0), spread).sample((SAMPLES,))
    caption = (
        f"{SAMPLES} images decoded from codes that are distributed as those of digits are. The"
        " training here is too short for samples of the prior, which your notebook shows."
    )
    artifacts.add("Samples", decoded(model, codes), caption)


def _interpolation(artifacts: ArtifactRecorder, model: Model, answers: Answers) -> None:
    x1, x2 = one_of_each()[[FROM, TO]]
    frames = answers["interpolate"](model.eval(), x1, x2, STEPS)
    caption = f"From a {FROM} to a {TO}: yours by your `interpolate` and your ConvVAE."
    frames = expect.tensor(frames, "interpolate", (STEPS, 1, 28, 28))
    artifacts.add("Interpolation", frames, caption)


def _reconstructed(model: Model, x: Tensor) -> Tensor:
    return decoded(model, encoded(model, x, training_loop.LATENT_DIM)[0])


def _nats(recon_x: Tensor, x: Tensor) -> float:
    return F.binary_cross_entropy(recon_x.clamp(0, 1), x, reduction="sum").item() / len(x)
