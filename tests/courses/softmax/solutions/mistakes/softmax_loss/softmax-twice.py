"""Hands probabilities to a function that wants scores.

caught by: matches_torch
hint: cross_entropy takes scores and applies the softmax itself.
"""

from torch.nn import functional as F


def softmax_loss(logits, targets):
    return F.cross_entropy(logits.softmax(1), targets)
