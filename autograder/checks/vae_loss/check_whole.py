"""vae_loss: gradients in all four arguments, batches, codes far from 0, inputs.

Source: the contract. Oracles: finite differences for gradients, single images for batches, and
those in `oracles`.
"""

from __future__ import annotations

from functools import partial

import torch
from torch.autograd import gradcheck

from checkkit import expect

from ..explain import explained
from . import diagnosis, oracles
from .losses import DEPENDS, PARTS, VaeLoss, gradient, images, loss, loss_of_one, parts, posterior

# batch, latent_dim, distance of the codes from 0
LARGE = ((40, 3, 1.0), (2, 70, 1.0), (3, 4, 12.0), (520, 2, 1.0), (2, 520, 1.0))


def check_gradcheck_passes(vae_loss: VaeLoss) -> None:
    """The gradients in all four arguments are those of the values, by finite differences.

    Catches `detach`, `.item()` or `no_grad` anywhere, and casts that lose digits.
    """
    inputs = [*images(2, torch.float64), *posterior(2, 3, torch.float64)]
    for place, (name, depending) in enumerate(DEPENDS.items()):
        leaf = inputs[place].clone().requires_grad_()
        # Only the parts that depend on it: torch 2.14's gradcheck confuses outputs that have no
        # gradient with others, and rejects a right answer.
        function = partial(loss_of_one, vae_loss, inputs, place, depending)
        for part, value in zip(depending, function(leaf), strict=True):
            expect.tensor(value, f"vae_loss: {PARTS[part]} of float64", (), dtype=torch.float64)
            found = gradient(value, leaf)
            message = f"vae_loss: expected a gradient of {PARTS[part]} in {name}, got none"
            expect.that(found is not None, message)
        # Fast mode compares two vectors, not a whole Jacobian: the input has 1,568 pixels.
        right = gradcheck(function, leaf, fast_mode=True, raise_exception=False)
        expect.that(right, f"vae_loss: expected the gradient in {name} to be that of the values")


def check_batch_is_summed(vae_loss: VaeLoss) -> None:
    """The loss of a batch is the sum of the losses of its images.

    Catches averages over the batch, and terms that are counted once per batch.
    """
    inputs = *images(3), *posterior(3, 4)
    together = loss(vae_loss, *inputs)
    expect.that(bool(together[1] != 0), "vae_loss: expected recon above 0, got 0")
    alone = [loss(vae_loss, *(i[n : n + 1] for i in inputs)) for n in range(3)]
    for place, name in enumerate(PARTS):
        wanted = sum(one[place].item() for one in alone)
        expect.close(together[place], wanted, f"vae_loss: {name}", given={"batch": 3})


def check_any_size_and_far_codes(vae_loss: VaeLoss) -> None:
    """Large batches, many latent dimensions and codes far from 0 count in full.

    Catches a clamped mu or logvar, a KL that is bounded in the total, and sizes beyond which
    something else is computed.
    """
    for batch, latent_dim, far in LARGE:
        digits, (mu, logvar) = images(batch), posterior(batch, latent_dim)
        mu, logvar = far * mu.sign() + mu, far * logvar.sign() + logvar
        with explained(partial(diagnosis.size_mistake, vae_loss)):
            total, recon, kl = loss(vae_loss, *digits, mu, logvar)
        given: dict[str, object] = {"batch": batch, "latent_dim": latent_dim, "logvar near ±": far}
        wanted_kl, wanted_recon = oracles.kl(mu, logvar), oracles.bce(*digits)
        for name, got, wanted in (
            ("kl", kl, wanted_kl),
            ("recon", recon, wanted_recon),
            ("total", total, wanted_recon + wanted_kl),
        ):
            expect.close(got, wanted.item(), f"vae_loss: {name}", unit="nats", given=given)


def check_inputs_are_unchanged(vae_loss: VaeLoss) -> None:
    """The four inputs are left as they were.

    Catches in-place arithmetic on the inputs.
    """
    inputs = dict(zip(DEPENDS, (*images(2), *posterior(2, 3)), strict=True))
    before = {name: value.clone() for name, value in inputs.items()}
    parts(vae_loss(*inputs.values()))
    expect.unchanged("vae_loss", **{name: (inputs[name], before[name]) for name in inputs})
