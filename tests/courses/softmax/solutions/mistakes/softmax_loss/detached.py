"""Cuts the way back to the scores.

caught by: gradient_is_probability_less_target
hint: detach() takes the loss out of the graph, and nothing can be trained with it.
"""


def softmax_loss(logits, targets):
    return -logits.detach().log_softmax(dim=1).gather(1, targets[:, None]).mean()
