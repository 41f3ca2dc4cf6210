"""Inputs for an answer to `vae_loss`, and the check of the form of what it returns."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from checkkit import expect

VaeLoss = Callable[..., object]
Pair = tuple[Tensor, Tensor]
PARTS = ("total", "recon", "kl")
# The parts that depend on each argument, as indices into PARTS, by argument in order. The total
# comes last, so that a missing gradient is reported for the part that loses it.
DEPENDS = {"recon_x": (1, 0), "x": (1, 0), "mu": (2, 0), "logvar": (2, 0)}


def parts(value: object, given: dict[str, object] | None = None) -> list[Tensor]:
    """Return (total, recon, kl) after checking that each is a finite scalar tensor."""
    values = expect.several(value, "vae_loss", PARTS)
    named = zip(PARTS, values, strict=True)
    return [expect.tensor(part, f"vae_loss: {name}", (), given=given) for name, part in named]


def loss(vae_loss: VaeLoss, *inputs: Tensor, **options: float) -> list[Tensor]:
    """Return (total, recon, kl) for copies of the inputs.

    An answer that changes its inputs in place must not change what a check compares with.
    """
    return parts(vae_loss(*(one.clone() for one in inputs), **options))


def images(batch: int, dtype: torch.dtype = torch.float32) -> Pair:
    """Return random (recon_x, x), away from 0 and 1."""
    shape = batch, 1, 28, 28
    return torch.rand(shape, dtype=dtype) * 0.8 + 0.1, torch.rand(shape, dtype=dtype) * 0.8 + 0.1


def posterior(batch: int, latent_dim: int, dtype: torch.dtype = torch.float32) -> Pair:
    """Return random (mu, logvar)."""
    return torch.randn(batch, latent_dim, dtype=dtype), torch.randn(batch, latent_dim, dtype=dtype)


def gradient(value: Tensor, leaf: Tensor) -> Tensor | None:
    """Return the gradient of a value in a leaf; None if there is none."""
    if not value.requires_grad:
        return None
    return torch.autograd.grad(value, leaf, allow_unused=True, retain_graph=True)[0]


def loss_of_one(
    vae_loss: VaeLoss, inputs: list[Tensor], place: int, which: tuple[int, ...], leaf: Tensor
) -> tuple[Tensor, ...]:
    """Return the parts `which` of the loss, as a function of the input at `place`."""
    values = loss(vae_loss, *inputs[:place], leaf, *inputs[place + 1 :])
    return tuple(values[part] for part in which)
