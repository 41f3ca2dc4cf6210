"""What a model can come to by training, where a fresh one need not be there yet.

A head that starts at zero is a right answer: that both signs are *possible* is shown by walking
there. A model that is there at the start walks no step, so that right answers cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import torch
from lab.checks.vae import VAE, Model, encoded
from torch import Tensor, nn

from checkkit import expect
from checkkit.optimizer import adam
from checkkit.wording import plain

from . import diagnosis

# Adam moves a bias by about lr a step: 100 steps of 0.03 go from −1 to +2
STEPS = 100
LR = 0.03
# To come near a point, and not past it, small steps are the faster ones: 26 right architectures
# are there after 28 in three walks together, with steps of 0.03 after 100 or never.
SMALL_STEPS, SMALL_LR = 40, 0.005
MARGIN = 1e-4
NEAR = 0.1
# Far enough from mu = logvar = 0, where the error is 10, to tell codes of images from the prior.
AWAY = 2.0
# further than a sigmoid goes, and not too far to walk
FAR = 1.5


def can_be_positive(model: Model, values: Callable[[], Tensor]) -> bool:
    """Return whether each column of `values` is positive in some row, now or after some steps."""
    optimizer = adam(model, LR)
    for _ in range(STEPS):
        now = values()
        if bool((now > MARGIN).any(0).all()):
            return True
        if not now.requires_grad:
            return False
        optimizer.step(torch.relu(10 * MARGIN + 0.1 - now).sum())
    return False


def expect_both_signs(ConvVAE: VAE, part: int, name: str, x: Tensor) -> None:
    """Fail if training cannot bring each column of mu (part 0) or logvar (1) to either sign."""
    for sign, word in ((1, "positive"), (-1, "negative")):
        model = ConvVAE(latent_dim=4).eval()

        def signed(model: Model = model, sign: int = sign) -> Tensor:
            return sign * encoded(model, x, 4)[part]

        if not can_be_positive(model, signed):
            message = f"ConvVAE.encode: expected that {name} can be {word}, it cannot"
            expect.fail(message, diagnosis.of_heads(ConvVAE, partial(extremes, x=x)))


def extremes(ConvVAE: VAE, part: int, x: Tensor) -> tuple[Tensor, float, float]:
    """Return a fresh model's mu or logvar, and how low and how high training can bring them."""
    found = []
    for sign in (-1, 1):
        model = ConvVAE(latent_dim=4).eval()
        fresh = encoded(model, x, 4)[part].detach()

        def beyond(model: Model = model, sign: int = sign) -> Tensor:
            return sign * encoded(model, x, 4)[part] - FAR

        can_be_positive(model, beyond)
        values = sign * encoded(model, x, 4)[part]
        found.append(sign * values.max().item())
    return fresh, found[0], found[1]


def layers_that_matter(model: Model, output: Callable[[], Tensor]) -> set[str]:
    """Return the kinds of layers whose weights change an output."""
    output()  # lazy layers become what they are at the first call
    # so that nothing hides behind weights that are zero at the start
    _shake(model.parameters())
    kinds: dict[str, list[nn.Module]] = {}
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            # its weights may be parameters of a part of it, as weight normalisation has it
            kind = "ConvTranspose2d" if isinstance(module, nn.ConvTranspose2d) else "Conv2d"
            kinds.setdefault(kind, []).append(module)
        elif any(True for _ in module.parameters(recurse=False)):
            kinds.setdefault(plain(type(module).__name__), []).append(module)
    found = set()
    with torch.no_grad():
        for kind, layers in kinds.items():
            before = output().clone()
            for layer in layers:
                _shake(layer.parameters())
            if not torch.equal(before, output()):
                found.add(kind)
    return found


def steer_posterior(
    model: Model, x: Tensor, latent_dim: int, logvar: float = -3.0, near: float = NEAR
) -> None:
    """Train the model to encode x with mu near 1 and this logvar, as far as it will go.

    Args:
        model: In eval mode.
        x: The images.
        latent_dim: The model's.
        logvar: What to come to.
        near: The mean squared error to stop at.
    """
    for lr, steps in ((SMALL_LR, SMALL_STEPS), (LR, STEPS)):
        optimizer = adam(model, lr)
        for _ in range(steps):
            mu, logvars = encoded(model, x, latent_dim)
            error = (mu - 1).square().mean() + (logvars - logvar).square().mean()
            if error < near or not error.requires_grad:
                return
            optimizer.step(error)


@torch.no_grad()
def _shake(parameters: Iterator[nn.Parameter]) -> None:
    for parameter in parameters:
        parameter.add_(NEAR * torch.randn_like(parameter))
