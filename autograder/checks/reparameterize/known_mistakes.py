"""Known mistakes in `reparameterize`.

Names are those of the files in `solutions/mistakes/`; hints are theirs. Of several mistakes that
compute the same, one is listed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from checkkit.expect import Hint

Sigma = Callable[[float], float]

# σ of the mistake, from logvar
SIGMAS: dict[str, tuple[Sigma, str]] = {
    "std-is-exp-logvar": (
        math.exp,
        "exp(logvar) is the variance; σ is exp(0.5 · logvar).",
    ),
    "std-is-logvar": (
        abs,
        "logvar can be negative, σ cannot: σ is exp(0.5 · logvar).",
    ),
    "std-exponentiated-twice": (
        lambda logvar: math.exp(math.exp(logvar / 2)),
        "std is already σ = exp(0.5 · logvar); multiply by it, do not exponentiate it again.",
    ),
    "std-in-base-two": (
        lambda logvar: 2 ** (logvar / 2),
        "logvar is a natural logarithm: torch.exp undoes it, 2 ** does not.",
    ),
    "std-is-half-logvar": (
        lambda logvar: abs(logvar) / 2,
        "0.5 · logvar is log σ; one exp away from σ.",
    ),
    "std-is-inverse": (
        lambda logvar: math.exp(-logvar / 2),
        "A larger logvar means a larger spread: exp(+0.5 · logvar).",
    ),
    "std-is-quarter-power": (
        lambda logvar: math.exp(logvar / 4),
        "exp(0.5 · logvar) is already the square root of the variance.",
    ),
    "std-clamped-at-one": (
        lambda logvar: min(1.0, math.exp(logvar / 2)),
        "The posterior may be wider than the prior: σ has no upper limit.",
    ),
    "std-plus-a-tenth": (
        lambda logvar: math.exp(logvar / 2) + 0.1,
        "exp is never zero, so σ needs nothing added to it.",
    ),
    "noise-unscaled": (
        lambda _logvar: 1.0,
        "eps has to be multiplied by σ = exp(0.5 · logvar).",
    ),
}
ONE_BATCH = Hint(
    "The last batch is smaller: take the shape from mu, torch.randn_like(mu).",
    "batch-size-hard-coded-in-noise",
)
ONE_LATENT_DIM = Hint(
    "latent_dim is the caller's choice: take the shape from mu, torch.randn_like(mu).",
    "latent-dim-hard-coded-in-noise",
)
# by whether all rows, and whether all columns, have the same noise
SHARED: dict[tuple[bool, bool], Hint] = {
    (True, False): Hint(
        "Every image needs its own noise: draw eps in the shape of mu.", "one-eps-for-the-batch"
    ),
    (False, True): Hint(
        "Every latent dimension needs its own noise: draw eps in the shape of mu.",
        "one-eps-per-row",
    ),
    (True, True): Hint(
        "Draw eps in the shape of mu, one number for each element.", "one-eps-for-all"
    ),
}
