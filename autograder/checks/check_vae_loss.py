"""vae_loss (25 points): total = recon + beta · kl, in nats, summed over pixels, dimensions, batch.

Source: Kingma & Welling (2014), appendix B, arXiv:1312.6114; beta: Higgins et al. (2017). Oracles:
`torch.distributions` for the KL, the definition in float64 for the cross-entropy, finite
differences for the gradients. Inputs are drawn by Hypothesis, which finds the smallest that fails.
"""

from __future__ import annotations

from functools import partial

import torch
from hypothesis import strategies as st
from lab.checks import expect
from lab.checks.strategies import SURE, for_any, pictures, posteriors
from torch.autograd import gradcheck

from autograder.checks import naming, oracles
from autograder.checks.losses import (
    DEPENDS,
    PARTS,
    Pair,
    VaeLoss,
    differentiated,
    images,
    loss_of_one,
    parts,
    posterior,
)

NEAR_ZERO_RTOL = 5e-3


def check_both_image_shapes_agree(vae_loss: VaeLoss) -> None:
    """Images of shape (batch, 1, 28, 28) and of shape (batch, 784) give the same loss.

    Catches code for one of the two shapes only.
    """
    for batch in (1, 4):
        recon_x, x = images(batch)
        code = posterior(batch, 3)
        square = parts(vae_loss(recon_x, x, *code))
        flat = parts(vae_loss(recon_x.flatten(1), x.flatten(1), *code))
        expect.that(bool(square[1] != 0), "vae_loss: expected recon above 0, got 0")
        for name, one, other in zip(PARTS, square, flat, strict=True):
            given: dict[str, object] = {"images of shape": (batch, 784)}
            expect.close(other, one.item(), f"vae_loss: {name}", given=given)


@for_any(code=posteriors())
def check_kl_matches_torch_distributions(vae_loss: VaeLoss, code: Pair) -> None:
    """The KL is that of `torch.distributions`, for any mu and logvar.

    Catches every other formula: each term, factor, sign, sum, unit and constant.
    """
    mu, logvar = code
    given: dict[str, object] = {"mu": mu, "logvar": logvar}
    wanted = oracles.kl(mu, logvar).item()
    recon_x = x = torch.full((len(mu), 1, 28, 28), 0.5)
    _, _, kl = parts(vae_loss(recon_x, x, mu.clone(), logvar.clone()), given)
    expect.close(
        kl,
        wanted,
        "vae_loss: kl",
        unit="nats",
        given=given,
        evidence=partial(naming.of_kl, vae_loss),
    )


@for_any(pair=pictures(), flat=st.booleans())
def check_recon_matches_bce(vae_loss: VaeLoss, pair: Pair, *, flat: bool) -> None:
    """The reconstruction is the binary cross-entropy, for any images.

    Catches averages, squared errors, logits for probabilities, arguments swapped, grey rounded.
    """
    recon_x, x = (image.flatten(1) if flat else image for image in pair)
    given: dict[str, object] = {"recon_x": recon_x, "x": x, "batch": len(x)}
    code = torch.zeros(len(x), 2), torch.zeros(len(x), 2)
    _, recon, _ = parts(vae_loss(recon_x.clone(), x.clone(), *code), given)
    wanted = oracles.bce(recon_x, x).item()
    expect.close(
        recon,
        wanted,
        "vae_loss: recon",
        unit="nats",
        given=given,
        # what is added to a probability that is nearly 0 may show in the third digit
        rtol=NEAR_ZERO_RTOL if bool((recon_x <= SURE).any()) else expect.RTOL,
        evidence=partial(naming.of_recon, vae_loss),
    )


@for_any(
    code=posteriors(),
    beta=st.sampled_from([1, 0, 2, 4.0, 0.5, 100.0, 0.01]),
    size=st.sampled_from([1.0, 0.125]),
)
def check_beta_weighs_only_the_kl(vae_loss: VaeLoss, code: Pair, beta: float, size: float) -> None:
    """Beta weighs the KL in the total, and nothing else; it may be any number.

    Catches beta on the reconstruction, on the returned kl, twice, bounded, or subtracted, and a KL
    that is left out where it is small.
    """
    code = code[0] * size, code[1] * size
    digits = images(len(code[0]))
    _, recon, kl = parts(vae_loss(*digits, *code))
    expect.that(bool(recon != 0) or bool(kl != 0), "vae_loss: expected a loss above 0, got 0")
    wanted = (recon.double() + beta * kl.double()).item(), recon.item(), kl.item()
    given: dict[str, object] = {"recon": recon, "kl": kl, "beta": beta}
    for got in (vae_loss(*digits, *code, beta), vae_loss(*digits, *code, beta=beta)):
        for name, part, right in zip(PARTS, parts(got, given), wanted, strict=True):
            expect.close(
                part,
                right,
                f"vae_loss: {name}",
                given=given,
                evidence=partial(naming.of_total, vae_loss),
            )


def check_gradcheck_passes(vae_loss: VaeLoss) -> None:
    """The gradients in all four arguments are those of the values, by finite differences.

    Catches `detach`, `.item()`, `no_grad` on any way, and casts that lose the digits.
    """
    inputs = [*images(2, torch.float64), *posterior(2, 3, torch.float64)]
    for place, (name, depending) in enumerate(DEPENDS.items()):
        leaf = inputs[place].clone().requires_grad_()
        # only the parts that depend on it: torch 2.14's gradcheck mistakes outputs without a
        # gradient for others, and calls a right answer wrong
        loss = partial(loss_of_one, vae_loss, inputs, place, depending)
        for part, value in zip(depending, loss(leaf), strict=True):
            expect.tensor(value, f"vae_loss: {PARTS[part]} of float64", (), dtype=torch.float64)
            way = differentiated(value, leaf)
            message = f"vae_loss: expected a gradient of {PARTS[part]} in {name}, got none"
            expect.that(way is not None, message)
        # two lines of numbers, not a matrix of them: the loss has 1,568 pixels
        right = gradcheck(loss, leaf, fast_mode=True, raise_exception=False)
        expect.that(right, f"vae_loss: expected the gradient in {name} to be that of the values")


def check_batch_is_summed(vae_loss: VaeLoss) -> None:
    """The loss of a batch is the sum of the losses of its images.

    Catches averages over the batch, and terms that are counted once a batch.
    """
    inputs = *images(3), *posterior(3, 4)
    together = parts(vae_loss(*inputs))
    expect.that(bool(together[1] != 0), "vae_loss: expected recon above 0, got 0")
    alone = [parts(vae_loss(*(i[n : n + 1] for i in inputs))) for n in range(3)]
    for place, name in enumerate(PARTS):
        wanted = sum(one[place].item() for one in alone)
        expect.close(together[place], wanted, f"vae_loss: {name}", given={"batch": 3})


def check_any_size_and_far_codes(vae_loss: VaeLoss) -> None:
    """Large batches, many latent dimensions and codes far from 0 count in full.

    Catches a clamp on mu or logvar, and sizes beyond which something else is done.
    """
    for batch, latent_dim, far in ((40, 3, 1.0), (2, 70, 1.0), (3, 4, 12.0)):
        digits, (mu, logvar) = images(batch), posterior(batch, latent_dim)
        mu, logvar = far * mu.sign() + mu, far * logvar.sign() + logvar
        _, recon, kl = parts(vae_loss(*digits, mu.clone(), logvar.clone()))
        given: dict[str, object] = {"batch": batch, "latent_dim": latent_dim, "logvar near ±": far}
        for name, got, wanted in (
            ("kl", kl, oracles.kl(mu, logvar)),
            ("recon", recon, oracles.bce(*digits)),
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
