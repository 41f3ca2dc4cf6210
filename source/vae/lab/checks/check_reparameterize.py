"""reparameterize: z = mu + σ·eps, on inputs that you can verify by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from checkkit import expect, sampling_limits
from checkkit.expect import Hint, KnownMistake

Reparameterize = Callable[[Tensor, Tensor], object]

SHAPES = [(5, 3), (2, 7), (4, 1), (1, 1)]
NOISELESS = Hint("z is mu plus noise: draw eps ~ N(0, I) at every call", "returns-mu")
UNIFORM = "the noise varies as uniform noise between 0 and 1 does; eps is normal, N(0, I)"
SHARED = Hint("numbers share their noise here: draw eps for every number of every picture")
NO_WAY = Hint("the draw itself is in the gradient's way: draw eps alone, and compute z from it")
CUT_OFF = "is the way back to {name} cut (detach, .data, no_grad, NumPy), or is {name} left out?"
# known mistakes: the standard deviation at logvar = 2, and at logvar = 3
MISTAKES = [
    (
        KnownMistake(
            math.exp(2),
            "exp(logvar) is the variance; σ is its square root, exp(0.5 · logvar)",
            "std-is-exp-logvar",
        ),
        math.exp(3),
    ),
    (KnownMistake(2.0, "logvar is the logarithm of the variance, not σ", "std-is-logvar"), 3.0),
    (KnownMistake(math.e / math.sqrt(12), UNIFORM), math.exp(1.5) / math.sqrt(12)),
]


def check_shape_matches_mu(reparameterize: Reparameterize) -> None:
    """The shape of z is that of mu, for every batch size.

    Catches a batch size written into the code, and a sum over the latent dimensions.
    """
    for shape in SHAPES:
        z = reparameterize(torch.zeros(shape), torch.zeros(shape))
        expect.tensor(z, "reparameterize", shape)


def check_dtype_matches_mu(reparameterize: Reparameterize) -> None:
    """The dtype of z is that of mu.

    Catches an answer that turns float64 into float32.
    """
    for dtype in (torch.float32, torch.float64):
        mu, logvar = torch.zeros(2, 3, dtype=dtype), torch.zeros(2, 3, dtype=dtype)
        expect.tensor(reparameterize(mu, logvar), "reparameterize", (2, 3), dtype=dtype)


def check_varies_between_calls(reparameterize: Reparameterize) -> None:
    """Two calls draw two different z.

    Catches z = mu, a constant in place of the noise, and a seed set inside the function.
    """
    mu, logvar = torch.full((4, 3), 0.5), torch.ones(4, 3)
    first = expect.tensor(reparameterize(mu.clone(), logvar.clone()), "reparameterize", (4, 3))
    second = expect.tensor(reparameterize(mu.clone(), logvar.clone()), "reparameterize", (4, 3))
    expect.that(
        not torch.equal(first, second),
        "reparameterize: expected fresh noise at every call, got the same z twice (logvar=1)",
        NOISELESS if torch.equal(first, mu) else None,
    )


def check_is_mu_where_sigma_vanishes(reparameterize: Reparameterize) -> None:
    """Where σ is next to nothing, z is mu, and only there.

    At logvar = −40, σ = e^−20 = 2·10⁻⁹. Catches noise that is not scaled by σ, and a σ with a
    lower limit.
    """
    mu = torch.tensor([[-2.0, 0.0, 3.0]])
    still = reparameterize(mu.clone(), torch.full((1, 3), -40.0))
    still = expect.tensor(still, "reparameterize", (1, 3))
    expect.close(still, mu, "reparameterize: z", given={"mu": mu, "logvar": -40.0}, atol=1e-5)
    moving = expect.tensor(reparameterize(mu.clone(), torch.ones(1, 3)), "reparameterize", (1, 3))
    expect.that(
        not torch.equal(moving, mu),
        "reparameterize: expected noise, got z = mu (logvar=1)",
        NOISELESS,
    )


def check_spread_is_sigma(reparameterize: Reparameterize) -> None:
    """At logvar = 2 the standard deviation of z is e = 2.718.

    Catches exp(logvar) or logvar itself in place of σ.
    """
    two, three = (_spread(reparameterize, logvar) for logvar in (2.0, 3.0))
    # A mistake is named if it explains both measurements.
    mistakes = [mistake for mistake, at_three in MISTAKES if abs(three / at_three - 1) < 0.05]
    expect.estimate(
        two,
        math.e,
        sampling_limits.deviation_limit(20_000, math.e),
        "reparameterize: standard deviation",
        f"logvar = 2, 20,000 draws, {sampling_limits.STANDARD_ERRORS:g} standard errors",
        mistakes=mistakes,
        evidence=lambda: _shared(reparameterize),
    )


def _shared(reparameterize: Reparameterize) -> Hint | None:
    """Return a hint if all rows, or all columns, have the same noise."""
    first, second = (
        expect.tensor(reparameterize(torch.zeros(5, 4), torch.ones(5, 4)), "", (5, 4))
        for _ in range(2)
    )
    alike = any(bool((first == one).all()) for one in (first[:1], first[:, :1]))
    return SHARED if alike and not torch.equal(first, second) else None


def _spread(reparameterize: Reparameterize, logvar: float) -> float:
    """Return the standard deviation of 20,000 draws."""
    z = reparameterize(torch.zeros(200, 100), torch.full((200, 100), logvar))
    return expect.tensor(z, "reparameterize", (200, 100)).detach().double().std().item()


def check_gradient_reaches_mu_and_logvar(reparameterize: Reparameterize) -> None:
    """Gradients flow from z back to mu and to logvar.

    Catches `sample()` for `rsample()`, `torch.normal`, `detach`, and a detour through NumPy.
    """
    mu = torch.zeros(4, 3, requires_grad=True)
    logvar = torch.zeros(4, 3, requires_grad=True)
    z = expect.tensor(reparameterize(mu, logvar), "reparameterize", (4, 3))
    message = "reparameterize: expected z to carry a gradient, got none"
    expect.that(z.requires_grad, message, NO_WAY)
    grads = torch.autograd.grad(z.sum(), (mu, logvar), allow_unused=True)
    reached = [grad is not None and bool(grad.any()) for grad in grads]
    for name, found in zip(("mu", "logvar"), reached, strict=True):
        message = f"reparameterize: expected a gradient of z in {name}, got none"
        expect.that(found, message, Hint(CUT_OFF.format(name=name)) if any(reached) else NO_WAY)
