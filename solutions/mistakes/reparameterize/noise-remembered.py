"""Draws the noise once for each shape and remembers it.

caught by: calls_are_independent
hint: The noise belongs to the call: draw it afresh every time.
costs: 7-13
"""

import torch

_noise = {}


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    if std.shape not in _noise:
        _noise[std.shape] = torch.randn_like(std)
    return mu + _noise[std.shape] * std
