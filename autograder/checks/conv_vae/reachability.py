"""What a model can reach by training.

A head that starts at zero is a right answer: the contract asks that both signs are *possible*. So
the model is trained until it gives them. A model that gives them at the start needs no step, and
right answers cost almost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import torch
from lab.checks.vae import VAE, Model, encoded
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from checkkit import expect
from checkkit.optimizer import adam
from checkkit.wording import plain

from . import diagnosis

# Adam moves a bias by about lr per step: 100 steps of 0.03 lead from −1 to +2.
STEPS = 100
LR = 0.03
# Small steps converge faster, because they do not overshoot: 26 right architectures need 28 in
# three runs together; with steps of 0.03 they need 100 or never arrive.
SMALL_STEPS, SMALL_LR = 40, 0.005
MARGIN = 1e-4
NEAR = 0.1
# The error at which codes differ enough from the prior; at mu = logvar = 0 it is 10.
AWAY = 2.0
# beyond the range of a sigmoid, and reachable in a few steps
FAR = 1.5


def can_be_positive(model: Model, values: Callable[[], Tensor]) -> bool:
    """Return whether training makes each column of `values` positive in some row."""
    values()  # lazy layers make their parameters at the first call
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
            expect.fail(message, diagnosis.heads_mistake(ConvVAE, partial(extremes, x=x)))


def extremes(ConvVAE: VAE, part: int, x: Tensor) -> tuple[Tensor, float, float]:
    """Return a fresh model's mu or logvar, and the lowest and highest value it can reach."""
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


def used_layers(model: Model, output: Callable[[], Tensor]) -> set[str]:
    """Return the types of the layers whose weights change an output."""
    output()  # lazy layers make their parameters at the first call
    # Weights of zero would hide the layers before them.
    _shake(model.parameters())
    kinds: dict[str, list[nn.Module]] = {}
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            # With weight normalization, the weights are parameters of a submodule.
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
    """Train the model to encode x with mu = 1 and this logvar; it may not arrive.

    Args:
        model: In eval mode.
        x: The images.
        latent_dim: The number of latent dimensions.
        logvar: The logvar to reach.
        near: The mean squared error at which training stops.
    """
    encoded(model, x, latent_dim)  # lazy layers make their parameters at the first call
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
        if not is_lazy(parameter):  # the layers of the other half are not made yet
            parameter.add_(NEAR * torch.randn_like(parameter))
