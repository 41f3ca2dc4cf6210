"""Takes the largest score away before exp, as books say."""


def softmax_loss(logits, targets):
    shifted = logits - logits.max(1, keepdim=True).values
    log_probabilities = shifted - shifted.exp().sum(1, keepdim=True).log()
    right = [row[t] for row, t in zip(log_probabilities, targets, strict=True)]
    return -sum(right) / len(right)
