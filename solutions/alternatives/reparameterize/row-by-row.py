"""Draws row by row and stacks."""

import torch


def reparameterize(mu, logvar):
    rows = []
    for m, lv in zip(mu, logvar, strict=True):
        rows.append(m + torch.exp(lv / 2) * torch.randn_like(m))
    return torch.stack(rows)
