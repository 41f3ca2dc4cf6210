"""The noise of an answer to `reparameterize`, computed back from its z."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from checkkit import expect
from checkkit.expect import Hint

from .. import statistics

Reparameterize = Callable[[Tensor, Tensor], object]

NAME = "reparameterize"
# 2^18 draws in one call, 2^20 in four
SIDE = 512
DRAWS, CALLS = SIDE * SIDE, 4
# Two rows of 4,096 independent draws seem to depend by 0.13 at most.
LONG = 4096
# 2^18 draws in many rows; not more rows, because an answer may loop over them
MANY_ROWS, FEW_COLUMNS = 2**13, 2**5
# 131,072 draws for each logvar: they show a σ that is 1.4 % off, and all of them together one that
# is 0.5 % off. Not all are rows, because an answer may loop over rows.
ROWS, REPEATS = 2**12, 2**5
PER_LOGVAR = ROWS * REPEATS
LOGVARS = torch.tensor([-12.0, -6.0, -2.0, -1.0, 0.0, 1.0, 3.0, 5.0], dtype=torch.float64)
NO_NOISE = f"{NAME}: expected noise, got z = mu everywhere"


def draw(
    reparameterize: Reparameterize,
    rows: int = SIDE,
    columns: int = SIDE,
    *,
    mu: float = 0.0,
    logvar: float = 1.0,
    requires_grad: bool = False,
) -> Tensor:
    """Return eps of one call; fail if it is 0 everywhere."""
    means = torch.full((rows, columns), mu, dtype=torch.float64)
    inputs = (means.clone(), torch.full_like(means, logvar))
    z = reparameterize(*(one.requires_grad_(requires_grad) for one in inputs))
    eps = expect.tensor(z, NAME, (rows, columns)).detach().double() - mu
    expect.that(bool(eps.any()), NO_NOISE)
    return eps / math.exp(logvar / 2)


def many(reparameterize: Reparameterize) -> Tensor:
    """Return 2^20 draws of eps, of several calls at mu = 0 and logvar = 0, where z is eps."""
    return torch.cat([draw(reparameterize, logvar=0.0) for _ in range(CALLS)])


def by_logvar(reparameterize: Reparameterize) -> Tensor:
    """Return eps of one call with several mu and logvar, one column for each logvar."""
    logvar = LOGVARS.repeat(REPEATS).repeat(ROWS, 1)
    mu = torch.linspace(-3, 3, logvar.shape[1], dtype=torch.float64).repeat(ROWS, 1)
    z = reparameterize(mu.clone(), logvar.clone())
    eps = (expect.tensor(z, NAME, mu.shape).detach().double() - mu) / (logvar / 2).exp()
    expect.that(bool(eps.any()), NO_NOISE)
    return eps.reshape(-1, len(LOGVARS))


def expect_independent(
    rows: Tensor, another: Tensor, name: str, evidence: Callable[[], Hint | None] = lambda: None
) -> None:
    """Fail if any two rows of noise depend on each other; see `statistics.strongest_pair`."""
    strength, i, j = statistics.strongest_pair(rows, another)
    count, draws = rows.shape
    # "two" in words: shared noise may show only where there are no other rows
    what = f"{NAME}: dependence ({name} {i} and {j} of {'two' if count == 2 else count})"
    limit, detail = statistics.pair_limit(draws), f"{draws:,} draws each"
    expect.estimate(strength, 0, limit, what, detail, evidence=evidence)


def expect_no_serial_correlation(reparameterize: Reparameterize, axis: int, name: str) -> None:
    """Fail if neighbouring calls, rows or columns (axis 0, 1, 2) depend on each other, even weakly.

    See `statistics.serial_correlation`.
    """
    *calls, another = (draw(reparameterize) for _ in range(CALLS + 1))
    for apart, strength, pairs in statistics.serial_correlation(torch.stack(calls), another, axis):
        what = f"{NAME}: dependence ({name} {apart})"
        expect.estimate(strength, 0, statistics.serial_limit(pairs), what, f"{pairs:,} pairs")


def expect_no_repetition(reparameterize: Reparameterize) -> None:
    """Fail if draws of a call depend on draws any number of places later."""
    eps, another = (draw(reparameterize, MANY_ROWS, FEW_COLUMNS) for _ in range(2))
    lag, strength = statistics.strongest_lag(eps, another)
    rows, places = divmod(lag, FEW_COLUMNS)
    what = f"{NAME}: dependence ({f'rows {rows}' if not places else f'numbers {lag}'} apart)"
    limit, detail = statistics.lag_limit(eps.numel()), f"{eps.numel():,} draws"
    expect.estimate(strength, 0, limit, what, detail)


def gradients(reparameterize: Reparameterize) -> tuple[Tensor, tuple[object, ...]]:
    """Return z − mu, and the gradients of z in mu and in logvar, element by element."""
    mu = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    logvar = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    # Different weights: one element's gradient cannot be mistaken for another's.
    weight = torch.rand(4, 3, dtype=torch.float64) + 1
    # Copies: an answer that changes mu in place must not change what z is compared with.
    z = expect.tensor(reparameterize(mu.clone(), logvar.clone()), NAME, (4, 3))
    expect.that(bool((z != mu).any()), NO_NOISE)
    expect.that(z.requires_grad, f"{NAME}: expected z to carry a gradient, got none")
    got = torch.autograd.grad((z * weight).sum(), (mu, logvar), allow_unused=True)
    return (z - mu).detach(), tuple(g if g is None else g / weight for g in got)
