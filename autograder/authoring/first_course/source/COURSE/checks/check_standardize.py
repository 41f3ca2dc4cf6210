"""standardize: what students can verify by hand."""

from __future__ import annotations

import torch

from checkkit import expect
from checkkit.expect import KnownMistake

X = torch.tensor([[1.0, 10.0], [3.0, 30.0]])
ONE_MEAN = "Each feature has a mean of its own: average over the examples only."


def check_mean_of_every_feature_is_zero(standardize):
    """The mean of every feature is 0."""
    got = expect.tensor(standardize(X.clone()), "standardize", (2, 2), given={"x": X})
    of_all = ((X - X.mean()) / X.std(correction=0)).mean(dim=0)
    expect.close(
        got.mean(dim=0),
        torch.zeros(2),
        "standardize: mean of every feature",
        given={"x": X},
        mistakes=[KnownMistake(of_all, ONE_MEAN, "one-mean-for-all-features")],
    )
