"""Takes one mean and one variance for all features.

caught by: mean_of_every_feature_is_zero
hint: Each feature has a mean of its own: average over the examples only.
costs: 6-10
"""


def standardize(x, eps=1e-5):
    return (x - x.mean()) / (x.var(correction=0) + eps).sqrt()
