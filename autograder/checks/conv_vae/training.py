"""Train a ConvVAE where it is, and take its weights.

The loop runs beside the model, in one ask for every few steps, and the grader trusts nothing that
comes back: it puts the weights into fresh models and measures those. See `training_loop`.
"""

from __future__ import annotations

from pathlib import Path

import torch
from lab.checks.vae import VAE, Model, forwarded
from torch import Tensor

from checkkit import expect
from checkkit.beside import run_beside, weights_of

from .. import digits
from . import training_loop
from .training_loop import BATCH, LATENT_DIM, MORE_STEPS, STEPS

LOOP = Path(training_loop.__file__)


def trained(ConvVAE: VAE, curve: list[float]) -> tuple[dict[str, Tensor], int]:
    """Return the weights of a trained model, and the number of steps.

    Args:
        ConvVAE: The class.
        curve: Gets the loss of each step.
    """
    model = ConvVAE(latent_dim=LATENT_DIM)
    # Here, so that what is wrong with the first call is said as other checks say it.
    forwarded(model.train(), digits.train()[:BATCH], LATENT_DIM)
    try:
        steps = _trained_beside(model, curve)
    except Exception:  # noqa: BLE001 - whatever it is, the same steps from here find the words for it
        curve.clear()
        model = ConvVAE(latent_dim=LATENT_DIM)
        steps = _trained_from_here(model, curve)
    return weights_of(model), steps


def _trained_beside(model: Model, curve: list[float]) -> int:
    """Train a model by a loop that runs in its process; return the number of steps."""
    given = digits.train(), digits.validation(), torch.get_rng_state()
    steps = 0
    for progress in run_beside(model, LOOP, "until_it_has_learned", *given):
        steps, losses = progress  # whatever another process has sent
        curve += [float(value) for value in losses]
        if not (isinstance(steps, int) and 0 < steps == len(curve) <= STEPS + MORE_STEPS):
            raise ValueError(steps)
    return steps


def _trained_from_here(model: Model, curve: list[float]) -> int:
    """Train a model by a loop that runs here, whatever its calls cost."""
    for steps in training_loop.train(model, digits.train(), curve):
        if training_loop.over(model, steps, digits.validation()):
            return steps
    raise AssertionError("training is over after the last step")


def with_weights(ConvVAE: VAE, latent_dim: int, weights: dict[str, Tensor]) -> Model:
    """Return a fresh model in eval mode with these weights."""
    model = ConvVAE(latent_dim=latent_dim).eval()
    try:
        model.load_state_dict(weights)
    except (RuntimeError, KeyError):
        expect.fail("ConvVAE: expected its state_dict to fit a fresh model, it does not")
    return model
