"""softmax_loss (10 points), against torch's own cross-entropy."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from checkkit import expect


def check_matches_torch(softmax_loss):
    """The loss is the mean cross-entropy, for every number of examples and classes."""
    for sizes in ((7, 5), (1, 2), (64, 10)):
        logits, targets = _random(*sizes)
        loss = expect.tensor(softmax_loss(logits.clone(), targets), "softmax_loss", ())
        expect.close(loss, F.cross_entropy(logits, targets), f"softmax_loss of {sizes} scores")


def check_large_scores_stay_finite(softmax_loss):
    """Scores of 1,000 overflow nothing."""
    logits = torch.tensor([[1000.0, 0.0], [-1000.0, 0.0]])
    loss = expect.tensor(softmax_loss(logits, torch.tensor([0, 0])), "softmax_loss", ())
    expect.close(loss, 500.0, "softmax_loss of scores of 1,000")


def check_gradient_is_probability_less_target(softmax_loss):
    """The gradient in the scores is (p − y) / batch."""
    logits, targets = _random()
    logits.requires_grad_()
    loss = expect.tensor(softmax_loss(logits, targets), "softmax_loss", ())
    expect.that(loss.requires_grad, "softmax_loss: expected a gradient, got none")
    (got,) = torch.autograd.grad(loss, logits)
    probabilities = logits.detach().softmax(1)
    wanted = (probabilities - F.one_hot(targets, 5)) / len(targets)
    expect.close(got, wanted, "softmax_loss: gradient in the scores")


def _random(batch: int = 7, classes: int = 5):
    """Return random scores and targets."""
    generator = torch.Generator().manual_seed(batch * classes)
    targets = torch.randint(classes, (batch,), generator=generator)
    return 2 * torch.randn(batch, classes, generator=generator), targets
