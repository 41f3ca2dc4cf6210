"""Returns the loss of every example.

caught by: is_one_number
hint: One number is wanted: the mean of the examples' losses.
"""


def softmax_loss(logits, targets):
    return -logits.log_softmax(dim=1).gather(1, targets[:, None])[:, 0]
