"""Pictures that a trained ConvVAE makes, for the student to see beside the course's.

They are made after the verdict, in a process that has never seen a held-back digit and that no
check depends on. Only digits that students have are put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial

import numpy as np
import torch
from lab.checks.vae import Model, decoded, encoded, sampled
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - as everyone writes it

from checkkit import expect
from checkkit.artifacts import Answers, Show

from .. import digits
from . import training as training_check

EVERY = 16  # steps to a number of the curve: 24 numbers at most
SAMPLES, STEPS = 20, 10
FROM, TO = 3, 6  # the digits between which the walk goes
LABELS_HEADER = 8  # magic number, count: two big-endian words


@contextmanager
def training(show: Show) -> Iterator[list[float]]:
    """Give a list for the loss of each step, and show it however the training ends."""
    losses: list[float] = []
    try:
        yield losses
    finally:
        pieces = [losses[k : k + EVERY] for k in range(0, len(losses), EVERY)]
        caption = (
            f"Loss per digit, in nats: means of {EVERY} steps. β is raised slowly; training stops"
            " where it is surely enough."
        )
        show("Training", [sum(piece) / len(piece) for piece in pieces], caption)


def what_it_makes(show: Show, weights: dict[str, Tensor]) -> None:
    """Leave for last to show what a model with these weights makes."""

    @cache
    def model(build: Callable[..., Model]) -> Model:
        return training_check.with_weights(build, training_check.LATENT_DIM, weights)

    def made(picture: Callable[[Show, Model, Answers], None], answers: Answers) -> None:
        with torch.no_grad():
            picture(show, model(answers["ConvVAE"]), answers)

    for picture in (_reconstructions, _samples, _walk):
        show.last(partial(made, picture))


@cache
def one_of_each() -> Tensor:
    """Return a digit of each kind, 0 to 9, of those that students have."""
    path = digits.PUBLIC / "t10k-labels-idx1-ubyte"
    labels = np.frombuffer(path.read_bytes(), dtype=np.uint8, offset=LABELS_HEADER)
    return digits.tried()[[int(np.argmax(labels == digit)) for digit in range(10)]]


def _reconstructions(show: Show, model: Model, _answers: Answers) -> None:
    x = one_of_each()
    caption = "Ten digits that you have; below each, what is decoded from its mean"
    recon_x = _reconstructed(model.eval(), x)
    if _nats(recon_x, x) >= training_check.THRESHOLD:
        # running averages may lag behind, which costs no points either; see `learning.verdict`
        other = _reconstructed(model.train(), x)
        if _nats(other, x) < _nats(recon_x, x):
            recon_x, caption = other, f"{caption}, in training mode"
    show("Reconstructions", torch.cat([x, recon_x]), f"{caption}.")


def _samples(show: Show, model: Model, _answers: Answers) -> None:
    caption = (
        f"{SAMPLES} images by `sample`, from the prior. So short a training stops before β is 1:"
        " expect them rougher than in your notebook."
    )
    show("Samples", sampled(model.eval(), SAMPLES), caption)


def _walk(show: Show, model: Model, answers: Answers) -> None:
    x1, x2 = one_of_each()[[FROM, TO]]
    frames = answers["interpolate"](model.eval(), x1, x2, STEPS)
    caption = f"From a {FROM} to a {TO}: yours by your `interpolate` and your ConvVAE."
    show("Interpolation", expect.tensor(frames, "interpolate", (STEPS, 1, 28, 28)), caption)


def _reconstructed(model: Model, x: Tensor) -> Tensor:
    return decoded(model, encoded(model, x.clone(), training_check.LATENT_DIM)[0])


def _nats(recon_x: Tensor, x: Tensor) -> float:
    return F.binary_cross_entropy(recon_x.clamp(0, 1), x, reduction="sum").item() / len(x)
