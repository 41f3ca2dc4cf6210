"""Hypothesis strategies for the inputs of the checks.

Inputs are small multiples of a quarter in few rows, so that the smallest failing input can be
verified by hand: `mu=[[0.]], logvar=[[1.]]`.
"""

from __future__ import annotations

import torch
from hypothesis import strategies as st
from torch import Tensor

# A probability near 0. A clamp at 10⁻³ is noticed; one at 10⁻⁴, or 10⁻⁶ added, is not.
SURE = 5e-4


def quarters(least: int, most: int) -> st.SearchStrategy[float]:
    """Return a strategy for multiples of ¼; simplest first: 0, 1, −1, 2, …, halves, quarters."""
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
    """Draw (mu, logvar), both (batch, latent_dim), multiples of ¼: mu in ±4, logvar in ±6."""
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
    """Draw (recon_x, x), both (batch, 1, 28, 28): uniform grey if possible, otherwise random.

    The probabilities avoid 0 and 1, where a right answer may clamp; see `SURE`.
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
    # As in a digit: most pixels black, some white, some in between.
    greys = (torch.rand(shape, generator=generator) * 3 - 1).clamp(0, 1)
    return probabilities, greys
