"""What the checks draw their inputs from, and the one Hypothesis profile that they run under.

An input is small and round by construction (quarters, few rows), so that what Hypothesis shrinks a
failure to can be checked by hand: `mu=[[0.]], logvar=[[1.]]`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TypeVar

import torch
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyFailure
from torch import Tensor

T = TypeVar("T")

PROFILE = settings(
    # the same submission gets the same result, today and in a year
    derandomize=True,
    # no folder of earlier failures: a run must not depend on the run before it
    database=None,
    # time is not what these checks judge, and a busy machine is not a student's mistake
    deadline=None,
    # a draw costs the answer one call; 25 of them find what a thousand find on inputs this simple
    max_examples=25,
    # one mistake a check, in the checks' own words; nothing printed
    report_multiple_bugs=False,
    verbosity=Verbosity.quiet,
    # no "explain": it would call the answer a hundred times more to say what the message says
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    # a slow answer is for the deadline of a call to stop, not for Hypothesis to complain of
    suppress_health_check=list(HealthCheck),
)

# A probability that is nearly 0: a clamp at 10⁻³ shows; one at 10⁻⁴, or 10⁻⁶ added, does not.
SURE = 5e-4


def for_any(
    **draws: st.SearchStrategy[object],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a check on inputs drawn under the profile; it fails with its smallest failing input."""

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        drawn = PROFILE(given(**draws)(check))

        @functools.wraps(drawn)
        def run(*args: object, **kwargs: object) -> None:
            try:
                drawn(*args, **kwargs)
            except FlakyFailure as flaky:
                # the answer does not do the same twice: the failure that was seen still stands
                raise flaky.exceptions[0] from None

        run.__signature__ = inspect.signature(drawn)  # type: ignore[attr-defined] # pytest reads the fixtures from it
        return run

    return decorate


def quarters(least: int, most: int) -> st.SearchStrategy[float]:
    """Multiples of ¼ between two bounds; simplest is 0, then 1, −1, 2, …, then halves, quarters."""
    values = [n / 4 for n in range(4 * least, 4 * most + 1)]
    return st.sampled_from(sorted(values, key=lambda v: (v % 1 != 0, v % 0.5 != 0, abs(v), v < 0)))


@st.composite
def posteriors(
    draw: st.DrawFn,
    *,
    most_rows: int = 4,
    most_columns: int = 5,
    dtype: torch.dtype = torch.float32,
) -> tuple[Tensor, Tensor]:
    """Return (mu, logvar), both (batch, latent_dim), in quarters: mu in ±4, logvar in ±6."""
    shape = draw(st.integers(1, most_rows)), draw(st.integers(1, most_columns))
    count = shape[0] * shape[1]
    mu = draw(st.lists(quarters(-4, 4), min_size=count, max_size=count))
    logvar = draw(st.lists(quarters(-6, 6), min_size=count, max_size=count))
    return (
        torch.tensor(mu, dtype=dtype).reshape(shape),
        torch.tensor(logvar, dtype=dtype).reshape(shape),
    )


@st.composite
def pictures(draw: st.DrawFn, *, most_rows: int = 3) -> tuple[Tensor, Tensor]:
    """Return (recon_x, x), both (batch, 1, 28, 28): flat grey at its simplest, else random.

    The probabilities keep away from 0 and 1, where a right answer may clamp; see `SURE`.
    """
    shape = draw(st.integers(1, most_rows)), 1, 28, 28
    seed = draw(st.none() | st.integers(0, 1000))
    if seed is None:
        p, x = (
            draw(st.sampled_from([0.5, 0.25, 0.75, SURE])),
            draw(st.sampled_from([0.0, 1.0, 0.5])),
        )
        return torch.full(shape, p), torch.full(shape, x)
    generator = torch.Generator().manual_seed(seed)
    probabilities = torch.rand(shape, generator=generator) * 0.96 + 0.02
    # strokes as in a digit: most pixels black, some white, some in between
    greys = (torch.rand(shape, generator=generator) * 3 - 1).clamp(0, 1)
    return probabilities, greys


# Before its first example Hypothesis searches all memory for generators, which takes a third of a
# second. Done here, once, it is done for every process that is forked from this one.
PROFILE(given(st.booleans())(lambda _value: None))()
