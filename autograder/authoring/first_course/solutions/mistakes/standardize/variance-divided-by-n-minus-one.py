"""Divides by n - 1, which is what `var` does by default.

caught by: matches_batch_norm
hint: x.var(dim=0) divides by n - 1; with correction=0 it divides by n.
costs: 2-4
"""


def standardize(x, eps=1e-5):
    return (x - x.mean(dim=0)) / (x.var(dim=0) + eps).sqrt()
