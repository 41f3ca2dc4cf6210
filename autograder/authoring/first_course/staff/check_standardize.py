"""standardize (10 points), against torch's own batch normalization."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from checkkit import expect

# Rounding and eps leave less than 0.001; with a detached mean or variance it is 8 or more.
SMALL = 0.01


def check_matches_batch_norm(standardize):
    """Every feature is (x − mean) / √(variance + eps), for every number of examples and features.

    Catches: the variance divided by n − 1, eps left out.
    """
    for sizes in ((4, 3), (2, 1), (50, 8)):
        x = _random(*sizes)
        got = expect.tensor(standardize(x.clone()), "standardize", sizes)
        expect.close(got, _batch_norm(x), f"standardize of {sizes[0]} × {sizes[1]} numbers")


def check_gradient_ignores_shift_and_scale(standardize):
    """Shifting or scaling a feature changes nothing, so the gradient in these directions is 0.

    Catches: mean or variance without a gradient.
    """
    x, weights = _random(5, 3), torch.arange(15.0).reshape(5, 3)
    given = x.clone().requires_grad_()
    out = expect.tensor(standardize(given), "standardize", (5, 3))
    expect.that(out.requires_grad, "standardize: expected a gradient, got none")
    (slope,) = torch.autograd.grad((weights * out).sum(), given)
    nothing = torch.zeros(3)
    expect.close(slope.sum(0), nothing, "standardize: gradient of a shift", atol=SMALL)
    centred = x - x.mean(dim=0)
    expect.close((centred * slope).sum(0), nothing, "standardize: gradient of a scale", atol=SMALL)


def _batch_norm(x):
    return F.batch_norm(x, None, None, training=True, eps=1e-5)


def _random(examples, features):
    """Return random features, each with a mean and a spread of its own."""
    generator = torch.Generator().manual_seed(examples * features)
    x = torch.randn(examples, features, generator=generator)
    return x * torch.arange(1.0, features + 1) + torch.arange(float(features))
