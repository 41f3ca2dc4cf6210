"""vae_loss (25 points): total = recon + beta · kl, in nats, summed over pixels, dimensions, batch.

Source: Kingma & Welling (2014), appendix B, arXiv:1312.6114; beta: Higgins et al. (2017). Oracles:
`torch.distributions` for the KL, the definition in float64 for the cross-entropy. Inputs are drawn
by Hypothesis, which finds the smallest that fails. Gradients are in `check_whole`.
"""

from __future__ import annotations

from functools import partial

import torch
from hypothesis import strategies as st
from lab.checks.strategies import SURE, pictures, posteriors

from checkkit import expect
from checkkit.strategies import for_any

from . import diagnosis, oracles
from .losses import PARTS, Pair, VaeLoss, images, loss, parts, posterior

NEAR_ZERO_RTOL = 5e-3


def check_both_image_shapes_agree(vae_loss: VaeLoss) -> None:
    """Images of shape (batch, 1, 28, 28) and of shape (batch, 784) give the same loss.

    Catches code for only one of the two shapes.
    """
    for batch in (1, 4):
        recon_x, x = images(batch)
        code = posterior(batch, 3)
        square = loss(vae_loss, recon_x, x, *code)
        flat = loss(vae_loss, recon_x.flatten(1), x.flatten(1), *code)
        expect.that(bool(square[1] != 0), "vae_loss: expected recon above 0, got 0")
        for name, one, other in zip(PARTS, square, flat, strict=True):
            given: dict[str, object] = {"images of shape": (batch, 784)}
            expect.close(other, one.item(), f"vae_loss: {name}", given=given)


@for_any(code=posteriors())
def check_kl_matches_torch_distributions(vae_loss: VaeLoss, code: Pair) -> None:
    """The KL is that of `torch.distributions`, for any mu and logvar.

    Catches every other formula: a wrong term, factor, sign, sum, unit or constant.
    """
    mu, logvar = code
    given: dict[str, object] = {"mu": mu, "logvar": logvar}
    wanted = oracles.kl(mu, logvar).item()
    recon_x = x = torch.full((len(mu), 1, 28, 28), 0.5)
    _, _, kl = parts(vae_loss(recon_x, x.clone(), mu.clone(), logvar.clone()), given)
    expect.close(
        kl,
        wanted,
        "vae_loss: kl",
        unit="nats",
        given=given,
        evidence=partial(diagnosis.kl_mistake, vae_loss),
    )


@for_any(pair=pictures(), flat=st.booleans())
def check_recon_matches_bce(vae_loss: VaeLoss, pair: Pair, *, flat: bool) -> None:
    """The reconstruction is the binary cross-entropy, for any images.

    Catches averages, squared errors, logits for probabilities, swapped arguments, and rounded
    grey values.
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
        # Adding 1e-6 to a probability near 0 changes the third digit, and is allowed.
        rtol=NEAR_ZERO_RTOL if bool((recon_x <= SURE).any()) else expect.RTOL,
        evidence=partial(diagnosis.recon_mistake, vae_loss),
    )


def check_beta_weighs_only_the_kl(vae_loss: VaeLoss) -> None:
    """Beta weighs the KL in the total, and nothing else; it may be any number.

    Catches a beta on the reconstruction or on the returned kl, a beta that is applied twice,
    bounded or subtracted, a KL that is left out where it is small or bounded where it is large, and
    a third term.
    """
    _for_any_beta(vae_loss)
    # Nearly no reconstruction: a small third term would be seen. Codes far out: the KL is 100,000.
    digits = torch.full((3, 1, 28, 28), SURE), torch.zeros(3, 1, 28, 28)
    for far in (0.0, 12.0):
        mu, logvar = (part + far * part.sign() for part in posterior(3, 4))
        for beta in (1, 0.5):
            _total_is_the_sum(vae_loss, digits, (mu, logvar), beta)


@for_any(
    code=posteriors(),
    beta=st.sampled_from([1, 0, 2, 4.0, 0.5, 100.0, 0.01]),
    size=st.sampled_from([1.0, 0.125]),
)
def _for_any_beta(vae_loss: VaeLoss, code: Pair, beta: float, size: float) -> None:
    """As `_total_is_the_sum`, for the smallest inputs that fail."""
    code = code[0] * size, code[1] * size
    _total_is_the_sum(vae_loss, images(len(code[0])), code, beta)


def _total_is_the_sum(vae_loss: VaeLoss, digits: Pair, code: Pair, beta: float) -> None:
    """Fail unless beta changes the total, and the total is recon + beta · kl."""
    _, recon, kl = loss(vae_loss, *digits, *code)
    expect.that(bool(recon != 0) or bool(kl != 0), "vae_loss: expected a loss above 0, got 0")
    wanted = (recon.double() + beta * kl.double()).item(), recon.item(), kl.item()
    given: dict[str, object] = {"recon": recon, "kl": kl, "beta": beta}
    by_place = parts(vae_loss(*(one.clone() for one in (*digits, *code)), beta), given)
    for got in (by_place, loss(vae_loss, *digits, *code, beta=beta)):
        for name, part, right in zip(PARTS, got, wanted, strict=True):
            expect.close(
                part,
                right,
                f"vae_loss: {name}",
                given=given,
                evidence=partial(diagnosis.total_mistake, vae_loss),
            )
