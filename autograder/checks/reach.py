"""What a model can come to by training, where a fresh one need not be there yet.

A head that starts at zero is a right answer: that both signs are *possible* is shown by walking
there. A model that is there at the start walks no step, so that right answers cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from lab.checks import expect
from lab.checks.vae import VAE, Model, encoded
from torch import Tensor

# Adam moves a bias by about lr a step: 100 steps of 0.03 go from −1 to +2
STEPS = 100
LR = 0.03
MARGIN = 1e-4
NEAR = 0.1


def can_be_positive(model: Model, values: Callable[[], Tensor]) -> bool:
    """Return whether each column of `values` is positive in some row, now or after some steps."""
    optimiser = torch.optim.Adam(model.parameters(), lr=LR)
    for _ in range(STEPS):
        now = values()
        if bool((now > MARGIN).any(0).all()):
            return True
        if not now.requires_grad:
            return False
        optimiser.zero_grad()
        torch.relu(10 * MARGIN + 0.1 - now).sum().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return False


def expect_both_signs(ConvVAE: VAE, part: int, name: str, x: Tensor) -> None:  # noqa: N803 - the student's name
    """Fail if training cannot bring each column of mu (part 0) or logvar (1) to either sign."""
    for sign, word in ((1, "positive"), (-1, "negative")):
        model = ConvVAE(latent_dim=4).eval()

        def signed(model: Model = model, sign: int = sign) -> Tensor:
            return sign * encoded(model, x, 4)[part]

        message = f"ConvVAE.encode: expected that {name} can be {word}, it cannot"
        expect.that(can_be_positive(model, signed), message)


def steer_posterior(model: Model, x: Tensor, latent_dim: int) -> None:
    """Train the model to encode x with mu near 1 and logvar near −3, as far as it will go."""
    optimiser = torch.optim.Adam(model.parameters(), lr=LR)
    for _ in range(STEPS):
        mu, logvar = encoded(model, x, latent_dim)
        error = (mu - 1).square().mean() + (logvar + 3).square().mean()
        if error < NEAR or not error.requires_grad:
            return
        optimiser.zero_grad()
        error.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
