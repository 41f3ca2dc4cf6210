"""The gradient by hand: probabilities less targets."""

import torch


def train_step(weight, bias, x, targets, lr=0.1):
    with torch.no_grad():
        scores = x @ weight + bias
        slope = scores.softmax(1)
        slope[torch.arange(len(x)), targets] -= 1
        slope /= len(x)
        return weight - lr * x.T @ slope, bias - lr * slope.sum(0), softmax_loss(scores, targets)
