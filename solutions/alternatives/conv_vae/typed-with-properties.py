"""Type hints, a named tuple, a property, keyword-only options and inference mode."""

from __future__ import annotations

import itertools
import math
from collections import OrderedDict
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Code(NamedTuple):
    mu: Tensor
    logvar: Tensor


class ConvVAE(nn.Module):
    SIDE: ClassVar[int] = 7
    activation = staticmethod(nn.SiLU)

    def __init__(self, latent_dim: int = 16, *, channels: tuple[int, ...] = (16, 32)) -> None:
        super(ConvVAE, self).__init__()  # noqa: UP008 - as tutorials of old have it
        self.options = {"latent_dim": latent_dim, "channels": channels}
        parts: OrderedDict[str, nn.Module] = OrderedDict()
        for n, (i, o) in enumerate(itertools.pairwise((1, *channels))):
            parts[f"conv{n}"] = nn.Conv2d(i, o, 3, stride=2, padding=1)
            parts[f"act{n}"] = self.activation()
        self.encoder = nn.Sequential(parts)
        self.size = (channels[-1], self.SIDE, self.SIDE)
        count = math.prod(self.size)
        self.heads = nn.ModuleDict({name: nn.Linear(count, latent_dim) for name in Code._fields})
        self.widen = nn.Linear(latent_dim, count)
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(i, o, 4, stride=2, padding=1)
            for i, o in itertools.pairwise((*channels[::-1], 1))
        )
        self.to(device)

    @property
    def latent_dim(self) -> int:
        return self.options["latent_dim"]

    def encode(self, x: Tensor) -> Code:
        h = self.encoder(x.to(device)).flatten(start_dim=1)
        return Code(**{name: head(h) for name, head in self.heads.items()})

    def decode(self, z: Tensor) -> Tensor:
        h = self.widen(z).view(-1, *self.size)
        for layer in self.up:
            h = layer(self.activation()(h))
        return torch.special.expit(h)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        code = self.encode(x)
        return self.decode(reparameterize(*code)), *code

    @torch.inference_mode()
    def sample(self, n: int, temperature: float = 1.0) -> Tensor:
        return self.decode(temperature * torch.randn(n, self.latent_dim, device=device))
