"""vae_loss: total = recon + beta · kl, on inputs whose loss you can work out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from checkkit import expect
from checkkit.expect import KnownMistake

VaeLoss = Callable[..., object]
PARTS = ("total", "recon", "kl")

# p of all pixels, x of all pixels, nats for one digit of 784 pixels
GREYS = [
    (0.5, 0.0, 784 * math.log(2)),
    (0.25, 1.0, 784 * math.log(4)),
    (1 / 256, 1.0, 784 * math.log(256)),
    (0.25, 0.5, 784 * (math.log(4) + math.log(4 / 3)) / 2),
]
AVERAGED = "binary_cross_entropy averages by default: sum over pixels and batch instead"
# known mistakes, for one digit with p = ½ and x = 0
AT_GREY = [
    KnownMistake(
        39_200, "the arguments are the other way round: probabilities first, then the pixels"
    ),
    KnownMistake(196, "this is the squared error; what is asked for is the cross-entropy"),
    KnownMistake(
        784 * math.log1p(math.exp(0.5)), "recon_x was taken for logits; it is probabilities"
    ),
]
ONE = "the 1 in the formula counts for each number of the code: it belongs inside the sum"
MEAN = "this is an average; sum over the numbers of the code and over the batch"
# known mistakes at mu = 0, logvar = 1; at mu = 2; at two images with two latent dimensions each
AT_LOGVAR_ONE = [
    KnownMistake((math.exp(2) - 3) / 2, "logvar was read as log σ; it is log σ²"),
    KnownMistake(math.e - 2, "the factor ½ in front of the sum is missing"),
    KnownMistake(1 - math.e / 2, "the sign is the other way round: a KL is never negative"),
    KnownMistake((math.e - 2) / 2 / math.log(2), "these are bits; nats have natural logarithms"),
]
AT_MU_TWO = [KnownMistake(1, "mu is not squared"), KnownMistake(0, "mu plays no part")]
AT_TWO_BY_TWO = [
    KnownMistake(8.5, ONE),
    KnownMistake(8, ONE),
    KnownMistake(3.5, MEAN),
    KnownMistake(1.75, MEAN),
]
# mu, logvar, nats, known mistakes
POSTERIORS: list[tuple[list[list[float]], list[list[float]], float, list[KnownMistake]]] = [
    ([[0]], [[0]], 0, []),
    ([[0]], [[1]], (math.e - 2) / 2, AT_LOGVAR_ONE),
    ([[2]], [[0]], 2, AT_MU_TWO),
    ([[0]], [[-6]], (math.exp(-6) + 5) / 2, []),
    ([[1, -2], [0, 3]], [[0, 0], [0, 0]], 7, AT_TWO_BY_TWO),
    ([[0, 0], [0, 0]], [[1, 1], [1, 1]], 2 * (math.e - 2), []),
]


def parts(value: object, *, given: dict[str, object] | None = None) -> list[Tensor]:
    """Return (total, recon, kl) after checking that each is a finite scalar tensor."""
    values = expect.several(value, "vae_loss", PARTS)
    named = zip(PARTS, values, strict=True)
    return [expect.tensor(part, f"vae_loss: {name}", (), given=given) for name, part in named]


def some_digits(batch: int) -> tuple[Tensor, Tensor]:
    """Return (recon_x, x) with p = ½ everywhere, so that recon is 784 · ln 2 a digit."""
    shape = batch, 1, 28, 28
    return torch.full(shape, 0.5), torch.rand(shape)


def check_returns_three_scalars(vae_loss: VaeLoss) -> None:
    """The loss comes as three scalar tensors: total, recon, kl.

    Catches a single value, Python numbers, and one value per image or per dimension.
    """
    for batch, latent_dim in ((3, 5), (1, 1)):
        posterior = torch.ones(batch, latent_dim), torch.ones(batch, latent_dim)
        parts(vae_loss(*some_digits(batch), *posterior))


def check_recon_of_grey_is_784_ln_2(vae_loss: VaeLoss) -> None:
    """Where p = ½ everywhere, recon is 784 · ln 2 = 543.427 nats a digit.

    And 784 · ln 4 where p = ¼ and x = 1. Catches averages, other losses and swapped arguments.
    """
    for p, x, nats in GREYS:
        for batch in (1, 2):
            images = torch.full((batch, 1, 28, 28), p), torch.full((batch, 1, 28, 28), x)
            _, recon, _ = parts(vae_loss(*images, torch.zeros(batch, 3), torch.zeros(batch, 3)))
            given = {"recon_x": images[0], "x": images[1], "batch": batch}
            wrong = [KnownMistake(nats / 784, AVERAGED)] if batch == 1 else []
            wrong += AT_GREY if (p, x, batch) == (0.5, 0.0, 1) else []
            expect.close(
                recon, batch * nats, "vae_loss: recon", unit="nats", given=given, mistakes=wrong
            )


def check_kl_of_known_posteriors(vae_loss: VaeLoss) -> None:
    """The KL is 0 for mu = 0, logvar = 0, and 0.359 nats for mu = 0, logvar = 1.

    Catches a missing term or factor, averages in place of sums, and logvar read as log σ.
    """
    for means, logvars, nats, wrong in POSTERIORS:
        mu, logvar = torch.tensor(means).float(), torch.tensor(logvars).float()
        # beta must change the total only
        _, _, kl = parts(vae_loss(*some_digits(len(mu)), mu, logvar, beta=4.0))
        given = {"mu": mu, "logvar": logvar}
        expect.close(kl, nats, "vae_loss: kl", unit="nats", given=given, mistakes=wrong)


def check_total_is_recon_plus_beta_kl(vae_loss: VaeLoss) -> None:
    """The total is recon + beta · kl, with beta = 1 unless told.

    Catches an ignored or misplaced beta, and values in another order.
    """
    inputs = (*some_digits(2), torch.tensor([[2.0], [3.0]]), torch.tensor([[0.0], [1.0]]))
    for options in ({}, {"beta": 4.0}, {"beta": 0.5}, {"beta": 0.0}):
        total, recon, kl = parts(vae_loss(*(one.clone() for one in inputs), **options))
        expect.that(bool(kl != 0), "vae_loss: expected kl above 0, got 0 (mu=2, logvar=0)")
        beta, r, k = options.get("beta", 1.0), recon.item(), kl.item()
        given: dict[str, object] = {"recon": recon, "kl": kl, **options}
        wrong = [
            KnownMistake(r + k, "beta plays no part in it"),
            KnownMistake(beta * r + k, "beta weighs recon here; it weighs kl"),
            KnownMistake(r - beta * k, "kl is taken away here; it is added"),
            KnownMistake(r + beta * beta * k, "beta counts twice: kl is returned without it"),
        ]
        wanted = r + beta * k
        expect.close(total, wanted, "vae_loss: total", unit="nats", given=given, mistakes=wrong)


def check_gradient_reaches_recon_and_posterior(vae_loss: VaeLoss) -> None:
    """The total has a gradient in recon_x, mu and logvar.

    Catches `.item()`, `detach` and `no_grad` in the computation.
    """
    recon_x, x = some_digits(2)
    leaves = recon_x, torch.ones(2, 3), torch.ones(2, 3)
    for leaf in leaves:
        leaf.requires_grad_()
    total, _, _ = parts(vae_loss(leaves[0], x, *leaves[1:]))
    expect.that(total.requires_grad, "vae_loss: expected total to carry a gradient, got none")
    grads = torch.autograd.grad(total, leaves, allow_unused=True)
    for name, grad in zip(("recon_x", "mu", "logvar"), grads, strict=True):
        message = f"vae_loss: expected a gradient of total in {name}, got none"
        expect.that(grad is not None and bool(grad.any()), message)
