"""Adds the examples' losses up.

caught by: even_scores_cost_ln_of_the_classes
hint: The loss is the mean over the batch, not the sum.
"""


def softmax_loss(logits, targets):
    return -logits.log_softmax(dim=1).gather(1, targets[:, None]).sum()
