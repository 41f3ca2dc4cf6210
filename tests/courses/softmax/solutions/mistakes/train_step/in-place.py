"""Changes the weight and the bias that it was given.

caught by: inputs_are_unchanged
hint: -= changes the caller's tensors: return new ones.
"""

import torch


def train_step(weight, bias, x, targets, lr=0.1):
    weight.requires_grad_()
    bias.requires_grad_()
    loss = softmax_loss(x @ weight + bias, targets)
    in_weight, in_bias = torch.autograd.grad(loss, (weight, bias))
    with torch.no_grad():
        weight -= lr * in_weight
        bias -= lr * in_bias
    return weight.detach(), bias.detach(), loss.detach()
