"""Functional convolutions, with kernels that are parameters of the model."""

import torch
from torch import nn
from torch.nn import functional as F


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.down1 = nn.Parameter(0.3 * torch.randn(16, 1, 3, 3))
        self.down2 = nn.Parameter(0.1 * torch.randn(32, 16, 3, 3))
        self.up1 = nn.Parameter(0.1 * torch.randn(32, 16, 3, 3))
        self.up2 = nn.Parameter(0.1 * torch.randn(16, 1, 3, 3))
        self.shift1, self.shift2 = nn.Parameter(torch.zeros(16)), nn.Parameter(torch.zeros(1))
        self.to_mu = nn.Linear(32 * 7 * 7, latent_dim)
        self.to_logvar = nn.Linear(32 * 7 * 7, latent_dim)
        self.widen = nn.Linear(latent_dim, 32 * 7 * 7)

    def encode(self, x):
        h = F.relu(F.conv2d(x, self.down1, stride=2, padding=1))
        h = F.relu(F.conv2d(h, self.down2, stride=2, padding=1)).flatten(1)
        return self.to_mu(h), self.to_logvar(h)

    def decode(self, z):
        up = {"stride": 2, "padding": 1, "output_padding": 1}
        h = F.relu(self.widen(z)).view(-1, 32, 7, 7)
        h = F.relu(F.conv_transpose2d(h, self.up1, self.shift1, **up))
        return torch.sigmoid(F.conv_transpose2d(h, self.up2, self.shift2, **up))

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = reparameterize(mu, logvar)
        return self.decode(z), mu, logvar

    def sample(self, n):
        z = torch.randn(n, self.latent_dim)
        return self.decode(z)
