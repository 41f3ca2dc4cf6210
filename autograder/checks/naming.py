"""Name the known mistake that explains what an answer does; none where none does.

A mistake is named by behaviour: the answer must give what the mistake gives on all the inputs tried
here, and no other mistake on the list may give the same. The names are the files in
`solutions/mistakes/<question>/`, the hints are the ones written there.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from lab.checks import expect
from lab.checks.expect import Hint

from autograder.checks.noise import NAME, Reparameterize

Sigma = Callable[[float], float]

# what each mistake takes for σ, as a function of logvar
SIGMAS: dict[Hint, Sigma] = {
    Hint("exp(logvar) is the variance; σ is exp(0.5 · logvar).", "std-is-exp-logvar"): math.exp,
    Hint("logvar can be negative, σ cannot: σ is exp(0.5 · logvar).", "std-is-logvar"): abs,
    Hint(
        "std is already σ = exp(0.5 · logvar); multiply by it, do not exponentiate it again.",
        "std-exponentiated-twice",
    ): lambda logvar: math.exp(math.exp(logvar / 2)),
    Hint(
        "logvar is a natural logarithm: torch.exp undoes it, 2 ** does not.", "std-in-base-two"
    ): lambda logvar: 2 ** (logvar / 2),
    Hint("0.5 · logvar is log σ; one exp away from σ.", "std-is-half-logvar"): lambda logvar: (
        abs(logvar) / 2
    ),
    Hint(
        "A larger logvar means a larger spread: exp(+0.5 · logvar).", "std-is-inverse"
    ): lambda logvar: math.exp(-logvar / 2),
    Hint(
        "exp(0.5 · logvar) is already the square root of the variance.", "std-is-quarter-power"
    ): lambda logvar: math.exp(logvar / 4),
    Hint(
        "The posterior may be wider than the prior: σ has no upper limit.", "std-clamped-at-one"
    ): lambda logvar: min(1, math.exp(logvar / 2)),
    Hint("exp is never zero, so σ needs nothing added to it.", "std-plus-a-tenth"): lambda logvar: (
        math.exp(logvar / 2) + 0.1
    ),
    Hint("z ~ N(mu, σ²) exactly: no temperature on σ.", "std-five-percent-wide"): lambda logvar: (
        1.05 * math.exp(logvar / 2)
    ),
}


def of_sigma(reparameterize: Reparameterize) -> Hint | None:
    """Return the mistake whose σ is the answer's, at four logvars, 10,000 draws each."""
    logvars = (-3.0, -0.5, 1.0, 2.5)
    measured = []
    for logvar in logvars:
        z = reparameterize(torch.zeros(100, 100), torch.full((100, 100), logvar))
        measured.append(expect.tensor(z, NAME, (100, 100)).std().item())
    found = [
        hint
        for hint, sigma in SIGMAS.items()
        if all(
            # 3 %: four standard errors, and less than any two of the mistakes are apart
            abs(got - sigma(logvar)) <= 0.03 * sigma(logvar)
            for got, logvar in zip(measured, logvars, strict=True)
        )
    ]
    return found[0] if len(found) == 1 else None


def of_kl(vae_loss: object) -> Hint | None:
    return None


def of_recon(vae_loss: object) -> Hint | None:
    return None


def of_total(vae_loss: object) -> Hint | None:
    return None
