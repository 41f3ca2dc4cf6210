"""Takes exp of the scores as they are.

caught by: large_scores_stay_finite
hint: exp(1000) is infinity: take the largest score away first, or use logsumexp.
"""


def softmax_loss(logits, targets):
    probabilities = logits.exp() / logits.exp().sum(1, keepdim=True)
    return -probabilities.gather(1, targets[:, None]).log().mean()
