"""Mistakes in ConvVAE, each in three more architectures and in other words."""

from __future__ import annotations

from collections.abc import Mapping

from tests.spellings.architectures import DEEP, PLAIN, TYPED

CODE = "        return mu, logvar\n"
IMAGE = "        return image\n"
DRAW = "self.decode(reparameterize(mu, logvar))"
GIVEN = "return recon_x, mu, logvar"
Z = "torch.randn(n, self.latent_dim)"
PADDED = ", output_padding=1"
SIGMOIDS = (
    "torch.sigmoid(self.up2(F.leaky_relu(self.up1(h))))",
    "self.up2(F.gelu(self.up1(h))).sigmoid()",
    "torch.sigmoid(self.up2(h))",
)
WITHOUT = (
    "self.up2(F.leaky_relu(self.up1(h)))",
    "self.up2(F.gelu(self.up1(h)))",
    "self.up2(h)",
)
SIZES = (", 24, 7, 7", ", 20, 7, 7", ", 64, 7, 7")


def _as(*before_return: str) -> tuple[str, ...]:
    """Return what replaces the last line of encode, with another line before it."""
    return tuple(f"        {line}\n{CODE}" for line in before_return)


# mistake -> the text that is replaced, in each of the architectures, and what replaces it
CHANGES: Mapping[str, tuple[str | tuple[str, ...], str | tuple[str, ...]]] = {
    "output-25-pixels": (PADDED, ""),
    "output-flattened": (
        IMAGE,
        (
            "        return image.flatten(1)\n",
            "        return image.view(-1, 784)\n",
            "        return torch.flatten(image, start_dim=1)\n",
        ),
    ),
    "output-without-channel": (
        IMAGE,
        (
            "        return image.squeeze(1)\n",
            "        return image[:, 0]\n",
            "        return image.view(-1, 28, 28)\n",
        ),
    ),
    "sigmoid-missing": (SIGMOIDS, WITHOUT),
    "tanh-at-the-output": (
        SIGMOIDS,
        (
            "torch.tanh(self.up2(F.leaky_relu(self.up1(h))))",
            "self.up2(F.gelu(self.up1(h))).tanh()",
            "nn.Tanh()(self.up2(h))",
        ),
    ),
    "relu-at-the-output": (
        SIGMOIDS,
        (
            "torch.relu(self.up2(F.leaky_relu(self.up1(h))))",
            "self.up2(F.gelu(self.up1(h))).clamp(min=0)",
            "F.relu(self.up2(h))",
        ),
    ),
    "sigmoid-twice-in-decoder": (
        IMAGE,
        (
            "        return image.sigmoid()\n",
            "        image = torch.sigmoid(image)\n        return image\n",
            "        return nn.Sigmoid()(image)\n",
        ),
    ),
    "relu-on-mu": (
        CODE,
        _as("mu = F.relu(mu)", "mu = mu.clamp(min=0)", "mu = torch.relu(mu)"),
    ),
    "relu-on-logvar": (
        CODE,
        _as("logvar = F.relu(logvar)", "logvar = logvar.clamp(min=0)", "logvar = logvar.relu()"),
    ),
    "relu-on-both-heads": (
        CODE,
        _as(
            "mu, logvar = F.relu(mu), F.relu(logvar)",
            "mu, logvar = (one.clamp_min(0.0) for one in (mu, logvar))",
            "mu, logvar = nn.ReLU()(mu), nn.ReLU()(logvar)",
        ),
    ),
    "sigmoid-on-mu": (
        CODE,
        _as("mu = mu.sigmoid()", "mu = nn.Sigmoid()(mu)", "mu = F.sigmoid(mu)"),
    ),
    "softplus-on-logvar": (
        CODE,
        _as(
            "logvar = F.softplus(logvar)",
            "logvar = torch.log1p(logvar.exp())",
            "logvar = nn.Softplus()(logvar)",
        ),
    ),
    "encode-returns-std": (
        CODE,
        _as(
            "logvar = torch.exp(0.5 * logvar)",
            "logvar = (logvar / 2).exp()",
            "logvar = logvar.exp().sqrt()",
        ),
    ),
    "logvar-always-zero": (
        CODE,
        _as(
            "logvar = torch.zeros_like(mu)",
            "logvar = 0 * mu.detach()",
            "logvar = mu.new_zeros(mu.shape)",
        ),
    ),
    "encode-returns-z": (
        CODE,
        (
            "        return reparameterize(mu, logvar)\n",
            "        z = reparameterize(mu, logvar)\n        return z\n",
            "        return mu + torch.exp(logvar / 2) * torch.randn_like(mu)\n",
        ),
    ),
    "batch-of-one-squeezed-from-mu": (
        CODE,
        (
            "        return mu.squeeze(), logvar.squeeze()\n",
            "        return torch.squeeze(mu), torch.squeeze(logvar)\n",
            "        mu, logvar = mu.squeeze(), logvar.squeeze()\n        return mu, logvar\n",
        ),
    ),
    "batch-size-hard-coded-in-decoder": (
        tuple(f"-1{size}" for size in SIZES),
        (f"128{SIZES[0]}", f"64{SIZES[1]}", f"128{SIZES[2]}"),
    ),
    "decoder-fed-mu": (
        DRAW,
        (
            "self.decode(mu)",
            "self.decode(z=mu)",
            "self.decode(self.encode(x)[0])",
        ),
    ),
    "samples-in-training-only": (
        DRAW,
        (
            "self.decode(reparameterize(mu, logvar) if self.training else mu)",
            "self.decode(reparameterize(mu, logvar)) if self.training else self.decode(mu)",
            "self.decode([mu, reparameterize(mu, logvar)][int(self.training)])",
        ),
    ),
    "own-noise-with-variance": (
        DRAW,
        (
            "self.decode(mu + logvar.exp() * torch.randn_like(mu))",
            "self.decode(torch.distributions.Normal(mu, logvar.exp()).rsample())",
            "self.decode(torch.addcmul(mu, torch.randn_like(mu), torch.exp(logvar)))",
        ),
    ),
    "reparameterize-given-std": (
        DRAW,
        (
            "self.decode(reparameterize(mu, (logvar / 2).exp()))",
            "self.decode(reparameterize(mu, logvar.exp().sqrt()))",
            "self.decode(reparameterize(mu=mu, logvar=torch.exp(logvar * 0.5)))",
        ),
    ),
    "z-detached": (
        DRAW,
        (
            "self.decode(reparameterize(mu, logvar).detach())",
            "self.decode(reparameterize(mu.detach(), logvar.detach()))",
            "self.decode(reparameterize(mu, logvar).clone().data)",
        ),
    ),
    "forward-returns-mu-first": (GIVEN, "return mu, logvar, recon_x"),
    "forward-returns-image-alone": (
        GIVEN,
        (
            "return recon_x",
            "return recon_x.view(-1, 1, 28, 28)",
            "del mu, logvar; return recon_x",
        ),
    ),
    "forward-returns-logvar-before-mu": (
        GIVEN,
        (
            "return recon_x, logvar, mu",
            "return (recon_x, *reversed((mu, logvar)))",
            "log_var, mean = logvar, mu; return recon_x, log_var, mean",
        ),
    ),
    "forward-returns-z-too": (
        GIVEN,
        (
            "return recon_x, mu, logvar, reparameterize(mu, logvar)",
            "return recon_x, mu, logvar, mu",
            "z = reparameterize(mu, logvar); return recon_x, mu, logvar, z",
        ),
    ),
    "sample-from-uniform": (
        Z,
        (
            "torch.rand(n, self.latent_dim)",
            "torch.empty(n, self.latent_dim).uniform_()",
            "torch.distributions.Uniform(0.0, 1.0).sample((n, self.latent_dim))",
        ),
    ),
    "sample-ignores-n": (
        Z,
        (
            "torch.randn(16, self.latent_dim)",
            "torch.randn((64, self.latent_dim))",
            "torch.randn(10, self.latent_dim)",
        ),
    ),
    "sample-latent-dim-hard-coded": (
        Z,
        ("torch.randn(n, 16)", "torch.randn((n, 16))", "torch.empty(n, 16).normal_()"),
    ),
    "sample-always-the-same": (
        Z,
        (
            "torch.zeros(n, self.latent_dim)",
            "torch.ones(n, self.latent_dim)",
            "torch.full((n, self.latent_dim), 0.5)",
        ),
    ),
    "latent-dim-two-by-default": (
        ("latent_dim=16", "latent_dim=16", "latent_dim: int = 16"),
        ("latent_dim=2", "latent_dim=2", "latent_dim: int = 2"),
    ),
    "latent-dim-without-default": (
        ("latent_dim=16", "latent_dim=16", "latent_dim: int = 16"),
        ("latent_dim", "latent_dim", "latent_dim: int"),
    ),
    "class-misnamed": ("class ConvVAE", ("class VAE", "class ConvolutionalVAE", "class ConvVae")),
    "super-not-called": (
        (
            "        super().__init__()\n",
            "        super().__init__()\n",
            "        super(ConvVAE, self).__init__()\n",
        ),
        "",
    ),
}


def _change(before: str | tuple[str, ...], after: str | tuple[str, ...]) -> tuple[str, ...]:
    changed = []
    for number, code in enumerate((PLAIN, DEEP, TYPED)):
        old = before if isinstance(before, str) else before[number]
        new = after if isinstance(after, str) else after[number]
        assert old in code
        changed.append(code.replace(old, new))
    return tuple(changed)


ONE_HEAD = (
    PLAIN.replace("2 * latent_dim", "latent_dim").replace(
        "mu, logvar = self.heads(h).chunk(2, dim=1)", "mu = logvar = self.heads(h)"
    ),
    DEEP.replace(
        "self.mu, self.logvar = nn.Linear(980, latent_dim), nn.Linear(980, latent_dim)",
        "self.head = nn.Linear(980, latent_dim)",
    ).replace("self.mu(h), self.logvar(h)", "self.head(h), self.head(h)"),
    TYPED.replace(
        "        self.log_variance_head = nn.Linear(64 * 7 * 7, latent_dim)\n", ""
    ).replace("self.log_variance_head(h)", "self.mean_head(h)"),
)
SPELLINGS = {mistake: _change(*change) for mistake, change in CHANGES.items()} | {
    "one-head-for-both": ONE_HEAD
}
