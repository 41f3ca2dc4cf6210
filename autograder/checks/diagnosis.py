"""Name the known mistake that explains what an answer does; none where none does.

A mistake is named by behaviour: the answer must give what the mistake gives on every input tried
here, whatever it looks like, and no other mistake on the list may give the same. A wrong diagnosis
is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import torch
from torch import Tensor

from checkkit import expect
from checkkit.expect import Hint

from . import oracles
from .known_mistakes import KLS, RECONS, SHARED, SIGMAS, TOTALS, WHOLES
from .reparameterize.noise import NAME, Reparameterize

VaeLoss = Callable[..., object]

LOGVARS = (-3.0, -0.5, 1.0, 2.5)
# 10,000 draws: 3 % are four standard errors, and less than any two mistakes are apart
SPREAD = 0.03
EXACT = 1e-4
# Not 0, where z = σ·mu + eps is as good as z = mu + eps; and what float32 may make of it.
MU, ROUNDING = 2.0, 1e-5
SHAPES = ((3, 5), (4, 2))
BETAS = (3.0, 0.4)
# Hypothesis asks again for every input on its way to the smallest: the answer stays the same.
once = lru_cache(maxsize=4)


def of_sigma(reparameterize: Reparameterize) -> Hint | None:
    """Return the mistake whose σ is the answer's; none where z is not about mu."""
    measured = []
    for logvar in LOGVARS:
        z = reparameterize(torch.full((100, 100), MU), torch.full((100, 100), logvar))
        spread, middle = torch.std_mean(expect.tensor(z, NAME, (100, 100)).detach())
        if abs(middle.item() - MU) > max(2 * SPREAD * spread.item(), ROUNDING):
            return None
        measured.append(spread.item())
    explained = {
        name: ([sigma(logvar) for logvar in LOGVARS], hint)
        for name, (sigma, hint) in SIGMAS.items()
    }
    return _the_one(measured, explained, SPREAD)


def of_shared(reparameterize: Reparameterize) -> Hint | None:
    """Return the mistake of who shares the noise, if it is scaled by σ and new at every call."""
    kinds, seen = set(), set()
    for shape in SHAPES:
        for learning in (False, True):
            mu, logvar = (_normal(shape, seed).double() for seed in (1, 2))
            inputs = (one.clone().requires_grad_(learning) for one in (mu, logvar))
            z = expect.tensor(reparameterize(*inputs), NAME, shape).detach().double()
            eps = (z - mu) / (logvar / 2).exp()
            same = [bool((eps - first).abs().max() < EXACT) for first in (eps[:1], eps[:, :1])]
            kinds.add((same[0], same[1]))
            seen.add(round(eps[0, 0].item(), 3))
    fresh_copy = len(seen) == 2 * len(SHAPES)
    return SHARED.get(kinds.pop()) if fresh_copy and len(kinds) == 1 else None


@once
def of_kl(vae_loss: VaeLoss) -> Hint | None:
    """Return the mistake whose KL is the answer's."""
    probes = _probes()
    measured = [_loss(vae_loss, *probe)[2] for probe in probes]
    explained = {
        name: ([kl(*_double(code)).item() for _, code in probes], hint)
        for name, (kl, hint) in KLS.items()
    }
    return of_whole(vae_loss) or _the_one(measured, explained, EXACT)


@once
def of_recon(vae_loss: VaeLoss) -> Hint | None:
    """Return the mistake whose reconstruction term is the answer's."""
    probes = _probes()
    measured = [_loss(vae_loss, *probe)[1] for probe in probes]
    explained = {
        name: ([recon(*_double(images)).item() for images, _ in probes], hint)
        for name, (recon, hint) in RECONS.items()
    }
    return of_whole(vae_loss) or _the_one(measured, explained, EXACT)


@once
def of_whole(vae_loss: VaeLoss) -> Hint | None:
    """Return the mistake that is made with all three values at once."""
    probes = _probes()
    measured = [value for probe in probes for value in _loss(vae_loss, *probe)]
    right = [(oracles.bce(*images).item(), oracles.kl(*code).item()) for images, code in probes]
    explained = {
        name: (
            [v for (r, k), (n, _) in zip(right, SHAPES, strict=True) for v in f(r + k, r, k, n)],
            hint,
        )
        for name, (f, hint) in WHOLES.items()
    }
    return _the_one(measured, explained, EXACT)


@once
def of_total(vae_loss: VaeLoss) -> Hint | None:
    """Return the mistake whose total is the answer's, given its own recon and kl."""
    if (whole := of_whole(vae_loss)) is not None:
        return whole
    inputs = _probes()[0]
    _, recon, kl = _loss(vae_loss, *inputs)
    measured = [_loss(vae_loss, *inputs, beta=beta)[0] for beta in BETAS]
    explained = {
        name: ([total(recon, kl, beta) for beta in BETAS], hint)
        for name, (total, hint) in TOTALS.items()
    }
    return _the_one(measured, explained, EXACT)


def _the_one(
    measured: Sequence[float],
    explained: Mapping[str, tuple[Sequence[float], str]],
    tolerance: float,
) -> Hint | None:
    """Return the one mistake that explains all that was measured."""
    found = [
        Hint(hint, name)
        for name, (values, hint) in explained.items()
        if all(
            abs(got - value) <= tolerance * abs(value)
            for got, value in zip(measured, values, strict=True)
        )
    ]
    return found[0] if len(found) == 1 else None


def _loss(
    vae_loss: VaeLoss,
    images: tuple[Tensor, Tensor],
    code: tuple[Tensor, Tensor],
    **options: float,
) -> list[float]:
    """Return (total, recon, kl) as numbers; the answer is known to give three scalars."""
    copies = [tensor.clone() for tensor in (*images, *code)]
    parts = expect.several(vae_loss(*copies, **options), "vae_loss", ("total", "recon", "kl"))
    return [expect.tensor(part, "vae_loss", ()).item() for part in parts]


def _probes() -> list[tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]]:
    """Return the inputs tried: images and codes of a general kind, where no two mistakes agree."""
    return [(_pictures(n), (_normal((n, d), 1), _normal((n, d), 2))) for n, d in SHAPES]


def _normal(shape: tuple[int, int], seed: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def _pictures(batch: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(batch)
    recon_x, x = torch.rand(2, batch, 1, 28, 28, generator=generator) * 0.8 + 0.1
    return recon_x, x


def _double(pair: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    return pair[0].double(), pair[1].double()
