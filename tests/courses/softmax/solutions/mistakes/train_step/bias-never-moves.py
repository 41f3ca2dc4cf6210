"""Trains the weight alone.

caught by: learns_three_blobs
hint: The bias has a gradient, too.
"""

import torch


def train_step(weight, bias, x, targets, lr=0.1):
    weight = weight.detach().clone().requires_grad_()
    loss = softmax_loss(x @ weight + bias, targets)
    (in_weight,) = torch.autograd.grad(loss, weight)
    return (weight - lr * in_weight).detach(), bias, loss.detach()
