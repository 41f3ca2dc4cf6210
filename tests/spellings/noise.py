"""Mistakes in reparameterize."""

from __future__ import annotations

BODIES = {
    "std-is-exp-logvar": (
        "return torch.distributions.Normal(mu, logvar.exp()).rsample()",
        "noise = torch.randn(mu.shape, dtype=mu.dtype)\n    return mu - noise * torch.e**logvar",
    ),
    "std-is-half-logvar": (
        "return torch.addcmul(mu, logvar, torch.randn_like(mu), value=0.5)",
        "half = logvar / 2\n    return mu + torch.empty_like(mu).normal_() * half",
    ),
    "std-is-logvar": (
        "return torch.addcmul(mu, logvar, torch.randn_like(mu))",
        "return logvar * torch.empty_like(logvar).normal_() + mu",
    ),
    "noise-uniform": (
        "return mu + torch.empty_like(mu).uniform_() * logvar.exp().sqrt()",
        "return torch.addcmul(mu, torch.rand(mu.shape).to(mu), (logvar / 2).exp())",
    ),
    "one-eps-per-row": (
        "return mu + logvar.exp().sqrt() * torch.randn_like(mu[:, :1])",
        "return mu + (logvar / 2).exp() * torch.randn(len(mu), dtype=mu.dtype).unsqueeze(1)",
        "return mu + (logvar / 2).exp() * torch.randn(len(mu), 1, dtype=torch.float64).to(mu)",
    ),
    "one-eps-for-the-batch": (
        "return mu + logvar.exp().sqrt() * torch.randn_like(mu[0])",
        "return torch.addcmul(mu, torch.randn_like(mu[:1]).repeat(len(mu), 1), (logvar / 2).exp())",
    ),
    "std-exponentiated-twice": (
        "return torch.distributions.Normal(mu, (logvar / 2).exp().exp()).rsample()",
        "sigma = logvar.exp().sqrt()\n    return mu - torch.e**sigma * torch.randn_like(mu)",
    ),
    "noise-unscaled": (
        "return torch.distributions.Normal(mu, 1.0).rsample()",
        "return torch.empty_like(logvar).normal_() + mu",
        "return mu - torch.randn_like(mu)",
    ),
}
SPELLINGS = {
    mistake: tuple(f"def reparameterize(mu, logvar):\n    {body}\n" for body in bodies)
    for mistake, bodies in BODIES.items()
}
