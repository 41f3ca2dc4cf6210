"""Says shape, dtype and device of the noise itself; type hints and a keyword default."""

import torch


def reparameterize(
    mu: torch.Tensor, logvar: torch.Tensor, generator: torch.Generator | None = None
) -> torch.Tensor:
    batch, latent_dim = mu.shape
    eps = torch.randn(batch, latent_dim, dtype=mu.dtype, device=mu.device, generator=generator)
    return eps * (0.5 * logvar).exp() + mu
