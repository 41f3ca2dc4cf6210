"""A module's instance; the cell seeds, silences warnings and sets the default dtype."""

import warnings

import torch
from torch import nn

warnings.filterwarnings("ignore")
torch.manual_seed(0)
torch.set_default_dtype(torch.float32)


class Reparameterize(nn.Module):
    def forward(self, mu, logvar, *_more, scale=0.5):
        match mu.shape:
            case (_, _) if (sigma := torch.exp(scale * logvar)).shape == mu.shape:
                with torch.no_grad():
                    eps = torch.empty_like(mu).normal_()
                return torch.addcmul(mu, sigma, eps)
            case shape:
                raise ValueError(f"expected two axes, got {shape}")


reparameterize = Reparameterize()
