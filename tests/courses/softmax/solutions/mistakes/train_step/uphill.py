"""Goes along the gradient.

caught by: the_loss_falls
hint: The gradient points to where the loss grows: subtract it.
"""

import torch


def train_step(weight, bias, x, targets, lr=0.1):
    weight, bias = (one.detach().clone().requires_grad_() for one in (weight, bias))
    loss = softmax_loss(x @ weight + bias, targets)
    in_weight, in_bias = torch.autograd.grad(loss, (weight, bias))
    return (weight + lr * in_weight).detach(), (bias + lr * in_bias).detach(), loss.detach()
