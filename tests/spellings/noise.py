"""Mistakes in reparameterize, as different people write them."""

from __future__ import annotations

BODIES = {
    "std-is-exp-logvar": (
        "return torch.distributions.Normal(mu, logvar.exp()).rsample()",
        "noise = torch.randn(mu.shape, dtype=mu.dtype)\n    return mu - noise * torch.e**logvar",
        "sigma = logvar.exp()\n    return torch.addcmul(mu, sigma, torch.randn_like(sigma))",
    ),
    "std-is-half-logvar": (
        "return torch.addcmul(mu, logvar, torch.randn_like(mu), value=0.5)",
        "half = logvar / 2\n    return mu + torch.empty_like(mu).normal_() * half",
        "sigma = logvar.mul(0.5)\n    return mu.add(sigma.mul(torch.randn_like(sigma)))",
    ),
    "std-is-logvar": (
        "return torch.addcmul(mu, logvar, torch.randn_like(mu))",
        "return logvar * torch.empty_like(logvar).normal_() + mu",
        (
            "eps = torch.randn(mu.size(), dtype=mu.dtype, device=mu.device)\n"
            "    z = mu + eps.mul(logvar)\n    return z"
        ),
    ),
    "noise-uniform": (
        "return mu + torch.empty_like(mu).uniform_() * logvar.exp().sqrt()",
        "return torch.addcmul(mu, torch.rand(mu.shape).to(mu), (logvar / 2).exp())",
        (
            "u = torch.distributions.Uniform(0.0, 1.0).sample(mu.shape).to(mu)\n"
            "    return u.mul((0.5 * logvar).exp()).add(mu)"
        ),
    ),
    "one-eps-per-row": (
        "return mu + logvar.exp().sqrt() * torch.randn_like(mu[:, :1])",
        "return mu + (logvar / 2).exp() * torch.randn(len(mu), dtype=mu.dtype).unsqueeze(1)",
        "return mu + (logvar / 2).exp() * torch.randn(len(mu), 1, dtype=torch.float64).to(mu)",
    ),
    "one-eps-for-the-batch": (
        "return mu + logvar.exp().sqrt() * torch.randn_like(mu[0])",
        "return torch.addcmul(mu, torch.randn_like(mu[:1]).repeat(len(mu), 1), (logvar / 2).exp())",
        (
            "latent_dim = mu.shape[-1]\n    eps = mu.new_empty(latent_dim).normal_()\n"
            "    return mu + torch.einsum('bd,d->bd', torch.exp(logvar / 2), eps)"
        ),
    ),
    "one-eps-for-all": (
        "return mu + (logvar / 2).exp() * torch.randn((), dtype=mu.dtype)",
        "import random\n    e = random.gauss(0, 1)\n    return mu + e * torch.exp(logvar * 0.5)",
        "eps = torch.randn(1).item()\n    return torch.add(mu, logvar.exp().sqrt(), alpha=eps)",
    ),
    "std-exponentiated-twice": (
        "return torch.distributions.Normal(mu, (logvar / 2).exp().exp()).rsample()",
        "sigma = logvar.exp().sqrt()\n    return mu - torch.e**sigma * torch.randn_like(mu)",
        (
            "std = torch.sqrt(torch.exp(logvar))\n    noise = torch.empty_like(std).normal_()\n"
            "    return noise * std.exp() + mu"
        ),
    ),
    "noise-unscaled": (
        "return torch.distributions.Normal(mu, 1.0).rsample()",
        "return torch.empty_like(logvar).normal_() + mu",
        "return mu - torch.randn_like(mu)",
    ),
    "std-is-inverse": (
        "return torch.addcdiv(mu, torch.randn_like(mu), (logvar / 2).exp())",
        "precision = logvar.exp()\n    return mu + torch.randn_like(mu) / precision.sqrt()",
        "std = torch.rsqrt(torch.exp(logvar))\n    return mu - std * torch.randn_like(std)",
    ),
    "std-is-sqrt-logvar": (
        "return mu + logvar.sqrt() * torch.randn_like(mu)",
        "return torch.addcmul(mu, logvar**0.5, torch.empty_like(mu).normal_())",
        (
            "sigma = logvar.pow(1 / 2)\n    eps = torch.randn(sigma.shape, dtype=sigma.dtype)\n"
            "    return eps * sigma + mu"
        ),
    ),
    "std-multiplies-mu": (
        "return (logvar / 2).exp() * (torch.randn_like(mu) + mu)",
        "z = mu + torch.empty_like(mu).normal_()\n    return z.mul(logvar.exp().sqrt())",
        (
            "unit = torch.distributions.Normal(mu, 1.0).rsample()\n"
            "    return torch.exp(logvar.div(2)) * unit"
        ),
    ),
    "returns-mu": (
        "std = torch.exp(0.5 * logvar)\n    eps = torch.zeros_like(std)\n    return mu + std * eps",
        "q = torch.distributions.Normal(mu, torch.exp(logvar / 2))\n    return q.mean",
        "return mu.clone()",
    ),
    "normal-sample-not-rsample": (
        (
            "with torch.no_grad():\n        return torch.addcmul(mu, torch.randn_like(mu), "
            "(logvar / 2).exp())"
        ),
        (
            "from torch.distributions import Independent, Normal\n"
            "    return Independent(Normal(mu, logvar.exp().sqrt()), 1).sample()"
        ),
        "z = mu + torch.empty_like(mu).normal_() * logvar.exp() ** 0.5\n    return z.detach()",
    ),
    "logvar-detached": (
        "return torch.addcmul(mu, torch.randn_like(mu), (logvar.detach() / 2).exp())",
        "sigma = logvar.exp().sqrt().detach()\n    return mu - sigma * torch.randn_like(mu)",
        (
            "zero = torch.zeros_like(mu)\n"
            "    return mu + torch.distributions.Normal(zero, (logvar / 2).exp()).sample()"
        ),
    ),
    "noise-reseeded": (
        "torch.manual_seed(42)\n    return mu + torch.randn_like(mu) * torch.exp(logvar / 2)",
        (
            "g = torch.Generator(device=mu.device)\n    g.manual_seed(1234)\n"
            "    eps = torch.empty_like(mu).normal_(generator=g)\n"
            "    return torch.addcmul(mu, eps, logvar.exp().sqrt())"
        ),
        (
            "with torch.random.fork_rng():\n        torch.manual_seed(7)\n"
            "        return torch.distributions.Normal(mu, (0.5 * logvar).exp()).rsample()"
        ),
    ),
    "noise-is-a-constant": (
        "return mu + logvar.exp().sqrt()",
        "return torch.addcmul(mu, torch.ones_like(mu), (logvar / 2).exp())",
        "eps = 1.0\n    std = torch.exp(logvar.mul(0.5))\n    return std.mul(eps).add(mu)",
    ),
    "batch-of-one-squeezed-from-z": (
        (
            "z = torch.distributions.Normal(mu, logvar.exp().sqrt()).rsample()\n"
            "    return torch.squeeze(z)"
        ),
        "return torch.addcmul(mu, torch.randn_like(mu), (logvar / 2).exp()).squeeze()",
        (
            "noise = torch.empty_like(mu).normal_().squeeze()\n"
            "    return mu.squeeze() - noise * torch.exp(logvar / 2).squeeze()"
        ),
    ),
    "noise-of-default-dtype": (
        "return torch.randn(*mu.shape) * logvar.exp().sqrt() + mu",
        (
            "batch, latent_dim = mu.size()\n    noise = torch.randn(batch, latent_dim)\n"
            "    return mu - noise * torch.exp(logvar / 2)"
        ),
        (
            "eps = torch.distributions.Normal(0.0, 1.0).sample(mu.shape)\n"
            "    return mu + (logvar * 0.5).exp().mul(eps)"
        ),
    ),
    "batch-size-hard-coded-in-noise": (
        "return mu + torch.randn(64, mu.size(1)) * torch.exp(logvar / 2)",
        (
            "noise = torch.empty(100, mu.shape[-1]).normal_()\n"
            "    return torch.addcmul(mu, noise, logvar.exp().sqrt())"
        ),
        (
            "BATCH_SIZE = 128\n    eps = torch.randn((BATCH_SIZE, mu.size(-1)), dtype=mu.dtype)\n"
            "    return mu - eps.mul((0.5 * logvar).exp())"
        ),
    ),
    "latent-dim-hard-coded-in-noise": (
        "return mu + torch.randn(len(mu), 20) * torch.exp(logvar / 2)",
        (
            "noise = torch.empty(mu.shape[0], 16).normal_()\n"
            "    return torch.addcmul(mu, noise, logvar.exp().sqrt())"
        ),
        (
            "latent_dim = 32\n    eps = torch.randn((mu.size(0), latent_dim), dtype=mu.dtype)\n"
            "    return mu - eps.mul((0.5 * logvar).exp())"
        ),
    ),
    "mu-overwritten": (
        "return mu.add_(torch.randn_like(mu) * (logvar / 2).exp())",
        "mu.addcmul_(torch.empty_like(mu).normal_(), logvar.exp().sqrt())\n    return mu",
        "z = mu\n    z -= torch.exp(0.5 * logvar) * torch.randn_like(logvar)\n    return z",
    ),
    "returns-z-and-eps": (
        (
            "noise = torch.empty_like(mu).normal_()\n"
            "    return torch.addcmul(mu, noise, (logvar / 2).exp()), noise"
        ),
        (
            "eps = torch.randn(mu.shape, dtype=mu.dtype)\n    z = mu - eps * logvar.exp().sqrt()\n"
            "    return (z, eps)"
        ),
        (
            "q = torch.distributions.Normal(mu, torch.exp(logvar / 2))\n    z = q.rsample()\n"
            "    return z, (z - mu) / q.stddev"
        ),
    ),
}
CELLS = {
    "mu-and-logvar-swapped": (
        (
            "def reparameterize(mu, logvar):\n"
            "    return torch.addcmul(logvar, torch.randn_like(mu), (mu / 2).exp())\n"
        ),
        (
            "def reparameterize(log_variance: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:\n"
            "    sigma = log_variance.exp().sqrt()\n"
            "    return mean - sigma * torch.empty_like(mean).normal_()\n"
        ),
        (
            "def reparameterize(mu, logvar):\n    mu, logvar = logvar, mu\n"
            "    return torch.distributions.Normal(mu, torch.exp(logvar / 2)).rsample()\n"
        ),
    ),
}
SPELLINGS = {
    mistake: tuple(f"def reparameterize(mu, logvar):\n    {body}\n" for body in bodies)
    for mistake, bodies in BODIES.items()
} | CELLS
