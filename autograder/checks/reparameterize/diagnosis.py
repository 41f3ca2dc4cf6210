"""Find the known mistake in an answer to `reparameterize`; see `explain`."""

from __future__ import annotations

import torch
from torch import Tensor

from checkkit import expect
from checkkit.expect import Hint

from ..explain import matching, only_size
from .known_mistakes import ONE_BATCH, ONE_LATENT_DIM, SHARED, SIGMAS
from .noise import NAME, Reparameterize

LOGVARS = (-3.0, -0.5, 1.0, 2.5)
# 10,000 draws: 3 % are four standard errors, and less than the distance of any two mistakes.
SPREAD = 0.03
# Not 0, where z = σ·mu + eps would be as good as z = mu + eps.
MU = 2.0
ROUNDING = 1e-5  # of float32
SHAPES = ((3, 5), (4, 2))
SAME = 1e-4  # noise that differs by less is the same


def sigma_mistake(reparameterize: Reparameterize) -> Hint | None:
    """Return the mistake with the answer's σ; None if the mean of z is not mu."""
    measured = []
    for logvar in LOGVARS:
        z = reparameterize(torch.full((100, 100), MU), torch.full((100, 100), logvar))
        spread, middle = torch.std_mean(expect.tensor(z, NAME, (100, 100)).detach())
        if abs(middle.item() - MU) > max(2 * SPREAD * spread.item(), ROUNDING):
            return None
        measured.append(spread.item())
    mistakes = {
        name: ([sigma(logvar) for logvar in LOGVARS], hint)
        for name, (sigma, hint) in SIGMAS.items()
    }
    return matching(measured, mistakes, SPREAD)


def shared_noise_mistake(reparameterize: Reparameterize) -> Hint | None:
    """Return the mistake that shares noise; None unless noise is scaled by σ and new each call."""
    kinds, seen = set(), set()
    for shape in SHAPES:
        for requires_grad in (False, True):
            mu, logvar = (_normal(shape, seed).double() for seed in (1, 2))
            inputs = (one.clone().requires_grad_(requires_grad) for one in (mu, logvar))
            z = expect.tensor(reparameterize(*inputs), NAME, shape).detach().double()
            eps = (z - mu) / (logvar / 2).exp()
            same = [bool((eps - first).abs().max() < SAME) for first in (eps[:1], eps[:, :1])]
            kinds.add((same[0], same[1]))
            seen.add(round(eps[0, 0].item(), 3))
    new_each_call = len(seen) == 2 * len(SHAPES)
    return SHARED.get(kinds.pop()) if new_each_call and len(kinds) == 1 else None


def size_mistake(reparameterize: Reparameterize) -> Hint | None:
    """Return the mistake that works for one batch size, or for one latent_dim, only."""

    def drawn(batch: int, latent_dim: int) -> Tensor:
        return expect.tensor(
            reparameterize(*torch.zeros(2, batch, latent_dim)), NAME, (batch, latent_dim)
        )

    if (latent_dim := only_size(lambda size: drawn(3, size))) is not None:
        return ONE_LATENT_DIM if latent_dim != 3 else None
    # Nobody writes 11 into the code. For a square, an answer that transposes would work.
    return ONE_BATCH if only_size(lambda size: drawn(size, 11)) is not None else None


def _normal(shape: tuple[int, int], seed: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))
