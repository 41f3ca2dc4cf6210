"""Takes steps of 0.1, whatever is asked for.

caught by: goes_against_the_gradient_by_lr
hint: The length of the step is the argument lr.
"""

import torch


def train_step(weight, bias, x, targets, lr=0.1):
    weight, bias = (one.detach().clone().requires_grad_() for one in (weight, bias))
    loss = softmax_loss(x @ weight + bias, targets)
    in_weight, in_bias = torch.autograd.grad(loss, (weight, bias))
    return (weight - 0.1 * in_weight).detach(), (bias - 0.1 * in_bias).detach(), loss.detach()
