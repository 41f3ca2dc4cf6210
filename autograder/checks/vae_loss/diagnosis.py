"""Find the known mistake in an answer to `vae_loss`; see `explain`."""

from __future__ import annotations

import torch
from torch import Tensor

from checkkit.expect import Hint

from ..explain import matching, once, only_size
from . import oracles
from .known_mistakes import KLS, ONE_BATCH, RECONS, RESULTS, TOTALS
from .losses import Pair, VaeLoss, parts

TOLERANCE = 1e-4
SHAPES = ((3, 5), (4, 2))  # batch, latent_dim
BETAS = (3.0, 0.4)


@once
def kl_mistake(vae_loss: VaeLoss) -> Hint | None:
    """Return the mistake with the answer's KL."""
    inputs = _inputs()
    measured = [_loss(vae_loss, *one)[2] for one in inputs]
    mistakes = {
        name: ([kl(*_double(code)).item() for _, code in inputs], hint)
        for name, (kl, hint) in KLS.items()
    }
    return result_mistake(vae_loss) or matching(measured, mistakes, TOLERANCE)


@once
def recon_mistake(vae_loss: VaeLoss) -> Hint | None:
    """Return the mistake with the answer's reconstruction term."""
    inputs = _inputs()
    measured = [_loss(vae_loss, *one)[1] for one in inputs]
    mistakes = {
        name: ([recon(*_double(images)).item() for images, _ in inputs], hint)
        for name, (recon, hint) in RECONS.items()
    }
    return result_mistake(vae_loss) or matching(measured, mistakes, TOLERANCE)


@once
def result_mistake(vae_loss: VaeLoss) -> Hint | None:
    """Return the mistake that explains all three returned values."""
    inputs = _inputs()
    measured = [value for one in inputs for value in _loss(vae_loss, *one)]
    right = [(oracles.bce(*images).item(), oracles.kl(*code).item()) for images, code in inputs]
    mistakes = {
        name: (
            [v for (r, k), (n, _) in zip(right, SHAPES, strict=True) for v in f(r + k, r, k, n)],
            hint,
        )
        for name, (f, hint) in RESULTS.items()
    }
    return matching(measured, mistakes, TOLERANCE)


@once
def total_mistake(vae_loss: VaeLoss) -> Hint | None:
    """Return the mistake with the answer's total, computed from its own recon and kl."""
    if (result := result_mistake(vae_loss)) is not None:
        return result
    inputs = _inputs()[0]
    _, recon, kl = _loss(vae_loss, *inputs)
    measured = [_loss(vae_loss, *inputs, beta=beta)[0] for beta in BETAS]
    mistakes = {
        name: ([total(recon, kl, beta) for beta in BETAS], hint)
        for name, (total, hint) in TOTALS.items()
    }
    return matching(measured, mistakes, TOLERANCE)


def size_mistake(vae_loss: VaeLoss) -> Hint | None:
    """Return the mistake that works for one batch size only."""

    def works(batch: int) -> list[float]:
        return _loss(vae_loss, _images(batch), (_normal((batch, 3), 1), _normal((batch, 3), 2)))

    return ONE_BATCH if only_size(works) is not None else None


def _loss(vae_loss: VaeLoss, images: Pair, code: Pair, **options: float) -> list[float]:
    """Return (total, recon, kl) as numbers; the inputs are copied."""
    copies = [tensor.clone() for tensor in (*images, *code)]
    return [part.item() for part in parts(vae_loss(*copies, **options))]


def _inputs() -> list[tuple[Pair, Pair]]:
    """Return pairs of images and codes on which no two known mistakes agree."""
    return [(_images(n), (_normal((n, d), 1), _normal((n, d), 2))) for n, d in SHAPES]


def _normal(shape: tuple[int, int], seed: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def _images(batch: int) -> Pair:
    generator = torch.Generator().manual_seed(batch)
    recon_x, x = torch.rand(2, batch, 1, 28, 28, generator=generator) * 0.8 + 0.1
    return recon_x, x


def _double(pair: Pair) -> Pair:
    return pair[0].double(), pair[1].double()
