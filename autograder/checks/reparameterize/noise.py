"""The noise that an answer to reparameterize has drawn, read back from its z."""

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
# two rows of 4,096 independent draws seem to depend by 0.13 at most
LONG = 4096
# 131,072 draws for each logvar: a σ 1.4 % off is seen, and half a per cent over all of them. Not
# all of them rows: an answer may loop.
ROWS, REPEATS = 2**12, 2**5
PER_LOGVAR = ROWS * REPEATS
LOGVARS = torch.tensor([-12.0, -6.0, -2.0, -1.0, 0.0, 1.0, 3.0, 5.0], dtype=torch.float64)
STILL = f"{NAME}: expected noise, got z = mu everywhere"


def draw(
    reparameterize: Reparameterize,
    rows: int = SIDE,
    columns: int = SIDE,
    *,
    mu: float = 0.0,
    logvar: float = 1.0,
    learning: bool = False,
) -> Tensor:
    """Return eps of one call, with inputs that need a gradient if `learning`; it must be noise."""
    means = torch.full((rows, columns), mu, dtype=torch.float64)
    inputs = (means.clone(), torch.full_like(means, logvar))
    z = reparameterize(*(one.requires_grad_(learning) for one in inputs))
    eps = expect.tensor(z, NAME, (rows, columns)).detach().double() - mu
    expect.that(bool(eps.any()), STILL)
    return eps / math.exp(logvar / 2)


def many(reparameterize: Reparameterize) -> Tensor:
    """Return eps of several calls at mu = 0, logvar = 0, where z is eps itself: 2^20 draws."""
    return torch.cat([draw(reparameterize, logvar=0.0) for _ in range(CALLS)])


def by_logvar(reparameterize: Reparameterize) -> Tensor:
    """Return eps of one call whose columns differ in mu and logvar: one column for each logvar."""
    logvar = LOGVARS.repeat(REPEATS).repeat(ROWS, 1)
    mu = torch.linspace(-3, 3, logvar.shape[1], dtype=torch.float64).repeat(ROWS, 1)
    z = reparameterize(mu.clone(), logvar.clone())
    eps = (expect.tensor(z, NAME, mu.shape).detach().double() - mu) / (logvar / 2).exp()
    expect.that(bool(eps.any()), STILL)
    return eps.reshape(-1, len(LOGVARS))


def expect_independent(
    rows: Tensor, another: Tensor, name: str, evidence: Callable[[], Hint | None] = lambda: None
) -> None:
    """Fail if any two rows of noise depend on each other; see `limits.strongest_pair`."""
    strength, i, j = statistics.strongest_pair(rows, another)
    count, draws = rows.shape
    # in words where there are no others: noise that is shared out shows there alone
    what = f"{NAME}: dependence ({name} {i} and {j} of {'two' if count == 2 else count})"
    limit, detail = statistics.pair_limit(draws), f"{draws:,} draws each"
    expect.estimate(strength, 0, limit, what, detail, evidence=evidence)


def expect_no_thread(reparameterize: Reparameterize, axis: int, name: str) -> None:
    """Fail if neighbours (calls, rows or columns: axis 0, 1, 2) depend, however weakly, all along.

    See `limits.threads`.
    """
    *calls, another = (draw(reparameterize) for _ in range(CALLS + 1))
    for apart, strength, pairs in statistics.threads(torch.stack(calls), another, axis):
        what = f"{NAME}: dependence ({name} {apart})"
        expect.estimate(strength, 0, statistics.thread_limit(pairs), what, f"{pairs:,} pairs")


def gradients(reparameterize: Reparameterize) -> tuple[Tensor, tuple[object, ...]]:
    """Return z − mu, and the gradients of z in mu and in logvar, element by element."""
    mu = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    logvar = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    # weights that differ, so that one element's gradient cannot pass for another's
    weight = torch.rand(4, 3, dtype=torch.float64) + 1
    z = expect.tensor(reparameterize(mu, logvar), NAME, (4, 3))
    expect.that(bool((z != mu).any()), STILL)
    expect.that(z.requires_grad, f"{NAME}: expected z to carry a gradient, got none")
    got = torch.autograd.grad((z * weight).sum(), (mu, logvar), allow_unused=True)
    return (z - mu).detach(), tuple(g if g is None else g / weight for g in got)
