"""Checks that you can run yourself, on what your notebook has just defined.

    check("vae_loss", vae_loss)

They use inputs that you can work out by hand. The checks that grade your work use more inputs.
"""

from __future__ import annotations

from pathlib import Path

from checkkit.notebook import CheckFailed, VisibleChecks

from .points import TOTAL

# The name of each question's answer; check files ask for the answer by this name.
ANSWERS = {
    "conv_transpose1d": "conv_transpose1d",
    "reparameterize": "reparameterize",
    "vae_loss": "vae_loss",
    "conv_vae": "ConvVAE",
    "interpolate": "interpolate",
}
ADVICE = (
    (
        r"output padding must be smaller than either stride or dilation",
        "PyTorch's own function refuses this: add the weighted kernels up yourself",
    ),
    (
        r"encode takes \(batch, 1, 28, 28\), got \(1, 28, 28\)",
        "a model takes batches; x1 and x2 are one picture each",
    ),
)
VISIBLE_CHECKS = VisibleChecks(
    Path(__file__).parent, ANSWERS, TOTAL, example="picture", advice=ADVICE
)


def check(question: str, answer: object) -> None:
    """Run the visible checks of one question on your own function or class.

    The state of your random number generators is restored afterwards.

    Args:
        question: "conv_transpose1d", "reparameterize", "vae_loss", "conv_vae" or "interpolate".
        answer: The function or class that you have defined.

    Raises:
        CheckFailed: If a check fails; the message names the first failure.
        ValueError: If there is no such question.
    """
    VISIBLE_CHECKS.check(question, answer)


__all__ = ["CheckFailed", "check"]
