"""reparameterize (20 points): z = mu + σ·eps, σ = exp(logvar / 2), eps ~ N(0, I) for every call.

Source: Kingma & Welling (2014), section 2.4, arXiv:1312.6114. No oracle draws noise of its own: eps
is computed back as (z − mu) / σ and its distribution is tested, so that neither the stream of
random numbers nor the sign of eps matters. Limits are in `statistics` and
`checkkit.sampling_limits`. This file has sizes, gradients, mean and variance; `check_noise` has the
noise itself.
"""

from __future__ import annotations

from functools import partial

import torch

from checkkit import expect, sampling_limits

from ..explain import explained
from . import diagnosis, noise
from .noise import NAME, Reparameterize

SIZES = [(1, 1), (1, 16), (3, 1), (7, 2), (4, 4), (65, 3), (130, 16), (1000, 2)]


def check_any_size_works(reparameterize: Reparameterize) -> None:
    """Any batch size and any latent_dim will do.

    Catches sizes written into the code, and rows that are lost or in another order.
    """
    for shape in SIZES:
        mu = torch.arange(shape[0] * shape[1], dtype=torch.float32).reshape(shape)
        with explained(partial(diagnosis.size_mistake, reparameterize)):
            z = expect.tensor(reparameterize(mu.clone(), torch.full(shape, -30.0)), NAME, shape)
        expect.close(z, mu, f"{NAME}: z", atol=1e-3)


def check_half_precision_stays(reparameterize: Reparameterize) -> None:
    """Half precision in, half precision out: float16 and bfloat16.

    Catches noise drawn in the default dtype (`torch.randn(mu.shape)`), and casts.
    """
    for dtype in (torch.float16, torch.bfloat16):
        mu, logvar = torch.zeros(8, 8, dtype=dtype), torch.ones(8, 8, dtype=dtype)
        z = expect.tensor(reparameterize(mu, logvar), NAME, (8, 8), dtype=dtype)
        expect.that(bool(z.any()), noise.NO_NOISE)


def check_gradient_of_mu_is_one(reparameterize: Reparameterize) -> None:
    """The gradient of z in mu is 1, element by element.

    Catches a detached mu, and gradients of zero (`torch.normal`).
    """
    _, (in_mu, _) = noise.gradients(reparameterize)
    got = expect.tensor(in_mu, f"{NAME}: d z / d mu", (4, 3))
    expect.close(got, torch.ones(4, 3), f"{NAME}: d z / d mu")


def check_gradient_of_logvar_is_half_z_minus_mu(reparameterize: Reparameterize) -> None:
    """The gradient of z in logvar is (z − mu) / 2, element by element.

    For any noise, this holds if and only if σ is proportional to exp(logvar / 2). Catches every
    other σ, a detached logvar, and gradients of zero.
    """
    eps, (_, in_logvar) = noise.gradients(reparameterize)
    name = f"{NAME}: d z / d logvar"
    got = expect.tensor(in_logvar, name, (4, 3))
    expect.close(got, eps / 2, name, evidence=lambda: diagnosis.sigma_mistake(reparameterize))


def check_noise_has_mean_zero(reparameterize: Reparameterize) -> None:
    """On average, z is mu, for small and for large σ.

    Catches uniform noise on [0, 1], noise of one sign, and a mean that depends on σ. The unit is
    the measured deviation, so that a wrong σ costs nothing here.
    """
    eps = noise.by_logvar(reparameterize)
    # 1.02: the measured deviation of a right answer is off by 1.4 % at most.
    limit = 1.02 * sampling_limits.mean_limit(noise.PER_LOGVAR)
    means = eps.mean(0) / eps.std(0).clamp(min=1e-6)
    for mean, logvar in zip(means.tolist(), noise.LOGVARS.tolist(), strict=True):
        detail = f"logvar = {logvar:g}, 131,072 draws, 7 standard errors"
        expect.estimate(mean, 0, limit, f"{NAME}: mean of z − mu, over σ,", detail)


def check_variance_is_exp_logvar(reparameterize: Reparameterize) -> None:
    """The variance of z is exp(logvar), for small and for large logvar.

    Catches exp(logvar) or logvar in place of σ, other bases, clamps, softplus, and a σ with
    anything added.
    """
    sigmas = (noise.LOGVARS / 2).exp()
    eps = noise.by_logvar(reparameterize)
    got = eps.std(0) * sigmas
    for sigma, came, logvar in torch.stack([sigmas, got, noise.LOGVARS], 1).tolist():
        expect.estimate(
            came,
            sigma,
            sampling_limits.deviation_limit(noise.PER_LOGVAR, sigma),
            f"{NAME}: standard deviation",
            f"logvar = {logvar:g}, 131,072 draws, 7 standard errors",
            evidence=lambda: diagnosis.sigma_mistake(reparameterize),
        )
    draws = eps.numel()
    name = f"{NAME}: standard deviation of z − mu, over σ,"
    detail = f"all logvar together, {draws:,} draws, 7 standard errors"
    expect.estimate(eps.std().item(), 1, sampling_limits.deviation_limit(draws), name, detail)


def check_noise_needs_no_gradient(reparameterize: Reparameterize) -> None:
    """The noise is the same size whether or not gradients are asked for.

    Catches noise that is drawn only if mu requires a gradient, or only if gradients are enabled.
    """
    training = noise.draw(reparameterize, requires_grad=True).std().item()
    plain = noise.draw(reparameterize).std().item()
    with torch.no_grad():
        without = noise.draw(reparameterize, requires_grad=True).std().item()
    limit = 2 * sampling_limits.deviation_limit(noise.DRAWS, training)
    detail = "logvar = 1, 2 × 262,144 draws, 7 standard errors each"
    for where, came in (("of inputs without gradient", plain), ("under no_grad", without)):
        expect.estimate(came, training, limit, f"{NAME}: deviation {where}", detail)


def check_inputs_are_unchanged(reparameterize: Reparameterize) -> None:
    """The inputs mu and logvar are left as they were.

    Catches in-place arithmetic on the inputs.
    """
    mu, logvar = torch.randn(4, 3), torch.randn(4, 3)
    before = mu.clone(), logvar.clone()
    expect.tensor(reparameterize(mu, logvar), NAME, (4, 3))
    expect.unchanged(NAME, mu=(mu, before[0]), logvar=(logvar, before[1]))
