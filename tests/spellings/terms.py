"""Mistakes in vae_loss that are one line of it, as different people write that line."""

from __future__ import annotations

HEAD = "import torch.distributions as D\n\ndef vae_loss(recon_x, x, mu, logvar, beta=1.0):\n"
RECON = "recon = F.binary_cross_entropy(recon_x.flatten(1), x.flatten(1), reduction='none').sum()"
KL = "kl = ((logvar.exp() + mu * mu - logvar - 1) / 2).sum()"
TOTAL = "total = recon + kl * beta"
RETURN = "return total, recon, kl"

NORMAL = "D.Normal(mu, (logvar / 2).exp())"
PRIOR = "D.Normal(0.0, 1.0)"

# line -> mistake -> what others write in its place
LINES = {
    KL: {
        "batch-size-hard-coded-in-loss": (
            (
                "recon = F.binary_cross_entropy(recon_x.view(64, 784), x.view(64, 784), "
                "reduction='none').sum()\n    kl = (logvar.exp() + mu * mu - logvar - 1).sum() / 2"
            ),
            (
                "p, t = recon_x.reshape(100, 784), x.reshape(100, 784)\n"
                "    recon = F.binary_cross_entropy(p, t, reduction='none').sum(1).sum()\n"
                "    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum()"
            ),
            (
                "BATCH_SIZE = 32\n    flat = [one.view(BATCH_SIZE, 784) for one in (recon_x, x)]\n"
                "    recon = nn.BCELoss(reduction='sum')(*flat)\n"
                "    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum()"
            ),
        ),
        "kl-without-half": (
            "kl = (logvar.exp() + mu * mu - logvar - 1).sum()",
            "kl = torch.einsum('bd->', mu**2 - logvar + logvar.exp()) - mu.numel()",
            "kl = -1 * torch.sum(1 + logvar - torch.square(mu) - torch.exp(logvar))",
        ),
        "kl-logvar-read-as-log-sigma": (
            "s = logvar.exp()\n    kl = ((s * s + mu * mu - 1) / 2 - logvar).sum()",
            f"kl = D.kl_divergence(D.Normal(mu, logvar.exp()), {PRIOR}).sum()",
            "std = torch.exp(logvar)\n    kl = (-std.log() + (std**2 + mu**2) / 2 - 0.5).sum()",
        ),
        "kl-sign-flipped": (
            "kl = ((logvar + 1 - logvar.exp() - mu * mu) / 2).sum()",
            f"kl = -D.kl_divergence({NORMAL}, {PRIOR}).sum()",
            "kl = 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())",
        ),
        "kl-mean-over-batch": (
            "kl = ((logvar.exp() + mu * mu - logvar - 1) / 2).mean(0).sum()",
            "kl = ((logvar.exp() + mu * mu - logvar - 1) / 2).sum() / len(mu)",
            (
                f"kl = D.kl_divergence(D.Independent({NORMAL}, 1), D.Independent(D.Normal("
                "torch.zeros_like(mu), torch.ones_like(mu)), 1)).mean()"
            ),
        ),
        "kl-mean-over-everything": (
            f"kl = D.kl_divergence({NORMAL}, {PRIOR}).mean()",
            "kl = 0.5 * (mu.square() + logvar.exp() - logvar - 1).mean()",
            "kl = ((logvar.exp() + mu * mu - logvar - 1) / 2).sum() / mu.numel()",
        ),
        "kl-mean-over-latent": (
            f"kl = D.kl_divergence({NORMAL}, {PRIOR}).mean(-1).sum()",
            "kl = ((logvar.exp() + mu * mu - logvar - 1) / 2).sum() / mu.size(1)",
            (
                "per_image = torch.mean(mu**2 + logvar.exp() - logvar - 1, dim=1)\n"
                "    kl = torch.einsum('b->', per_image) / 2"
            ),
        ),
        "kl-reversed": (
            "kl = ((-logvar).exp() * (1 + mu**2) + logvar - 1).sum() / 2",
            f"kl = D.kl_divergence({PRIOR}, {NORMAL}).sum()",
            "var = torch.exp(logvar)\n    kl = 0.5 * ((1 + mu.pow(2)) / var - 1 + var.log()).sum()",
        ),
        "kl-mu-not-squared": (
            "kl = (logvar.exp() + mu - logvar - 1).sum() / 2",
            "kl = torch.stack([(v.exp() + m - v - 1).sum() / 2 for m, v in zip(mu, logvar)]).sum()",
            "kl = torch.sum(-0.5 * (1 + logvar - mu - torch.exp(logvar)), dim=(0, 1))",
        ),
        "kl-without-one": (
            "kl = -0.5 * torch.sum(logvar - mu.pow(2) - logvar.exp())",
            "kl = torch.einsum('bd->', logvar.exp() + mu**2 - logvar) / 2",
            "kl = ((logvar.exp() - logvar).sum() + mu.square().sum()).mul(0.5)",
        ),
        "kl-without-logvar": (
            "kl = (mu**2 + torch.exp(logvar) - 1).sum().div(2)",
            "var = logvar.exp()\n    kl = -0.5 * (1 - mu * mu - var).sum(dim=1).sum()",
            "kl = ((mu.square() - 1).sum() + logvar.exp().sum()) * 0.5",
        ),
        "kl-with-std-for-variance": (
            "kl = ((logvar / 2).exp() + mu * mu - logvar - 1).sum() / 2",
            (
                "sigma = logvar.exp().sqrt()\n"
                "    kl = -0.5 * (1 + 2 * sigma.log() - mu.square() - sigma).sum()"
            ),
            "kl = torch.sum(0.5 * (mu**2 + torch.exp(logvar * 0.5) - 1 - logvar))",
        ),
        "kl-with-variance-squared": (
            "var = torch.exp(logvar)\n    kl = -0.5 * torch.sum(1 + logvar - mu**2 - var * var)",
            "kl = 0.5 * (mu.square() + logvar.exp().square() - 1 - logvar).sum()",
            "kl = ((2 * logvar).exp() + mu * mu - logvar - 1).sum() / 2",
        ),
    },
    RECON: {
        "recon-averaged": (
            "recon = F.binary_cross_entropy(recon_x.flatten(1), x.flatten(1))",
            "recon = -(x * recon_x.log() + (1 - x) * (1 - recon_x).log()).mean()",
            "recon = nn.BCELoss()(recon_x, x)",
        ),
        "recon-averaged-over-batch": (
            "recon = nn.BCELoss(reduction='sum')(recon_x, x).div(len(x))",
            "recon = F.binary_cross_entropy(recon_x, x, reduction='none').flatten(1).sum(1).mean()",
            (
                "recon = -D.Bernoulli(probs=recon_x, validate_args=False).log_prob(x).flatten(1)"
                ".sum(-1).mean(0)"
            ),
        ),
        "recon-averaged-over-pixels": (
            "recon = F.binary_cross_entropy(recon_x, x, reduction='none').flatten(1).mean(1).sum()",
            "recon = F.binary_cross_entropy(recon_x, x) * x.shape[0]",
            "pixels = x[0].numel()\n    recon = nn.BCELoss(reduction='sum')(recon_x, x) / pixels",
        ),
        "mse-instead-of-bce": (
            "recon = (recon_x - x).pow(2).sum()",
            "recon = torch.linalg.vector_norm(x - recon_x) ** 2",
            "recon = nn.MSELoss(reduction='sum')(recon_x, x)",
        ),
        "l1-instead-of-bce": (
            "recon = (recon_x - x).abs().sum()",
            "recon = nn.L1Loss(reduction='sum')(recon_x, x)",
            "recon = torch.linalg.vector_norm((x - recon_x).flatten(), ord=1)",
        ),
        "bce-arguments-swapped": (
            "recon = nn.BCELoss(reduction='sum')(x, recon_x)",
            "recon = torch.stack([F.binary_cross_entropy(x, recon_x, reduction='none')]).sum()",
            (
                "recon = F.binary_cross_entropy(input=x.flatten(), target=recon_x.flatten(), "
                "reduction='sum')"
            ),
        ),
        "bce-with-logits-on-probabilities": (
            "recon = nn.BCEWithLogitsLoss(reduction='sum')(recon_x, x)",
            "recon = F.binary_cross_entropy(torch.sigmoid(recon_x), x, reduction='sum')",
            "recon = (F.softplus(recon_x) - x * recon_x).sum()",
        ),
        "bce-sign-lost": (
            "recon = -F.binary_cross_entropy(recon_x, x, reduction='sum')",
            "recon = torch.sum(torch.xlogy(x, recon_x) + torch.xlogy(1 - x, 1 - recon_x))",
            "recon = D.Bernoulli(probs=recon_x, validate_args=False).log_prob(x).sum()",
        ),
        "x-binarised": (
            (
                "recon = F.binary_cross_entropy(recon_x, (x > 0.5).float().to(x.dtype), "
                "reduction='sum')"
            ),
            (
                "target = torch.where(x > 0.5, torch.ones_like(x), torch.zeros_like(x))\n"
                "    recon = nn.BCELoss(reduction='sum')(recon_x, target)"
            ),
            "recon = F.binary_cross_entropy(recon_x, x.gt(0.5).type_as(x), reduction='none').sum()",
        ),
    },
    TOTAL: {
        "beta-ignored": (
            "total = recon + kl",
            "total = torch.stack([recon, kl]).sum()",
            "total = torch.add(recon, kl)",
        ),
        "beta-kl-subtracted": (
            "total = recon - beta * kl",
            "elbo = -recon + kl * beta\n    total = -elbo",
            "total = torch.sub(recon, kl, alpha=beta)",
        ),
        "beta-inside-the-returned-kl": (
            "kl = kl * beta\n    total = recon + kl",
            "kl *= beta\n    total = torch.add(recon, kl)",
            "kl = torch.mul(kl, beta)\n    total = sum((recon, kl))",
        ),
        "loss-averaged-over-batch": (
            "recon, kl = recon / x.shape[0], kl / x.shape[0]\n    total = recon + beta * kl",
            (
                "n = len(mu)\n    recon = recon.div(n)\n    kl = kl.div(n)\n"
                "    total = torch.add(recon, kl, alpha=beta)"
            ),
            "total, recon, kl = (one / mu.size(0) for one in (recon + beta * kl, recon, kl))",
        ),
    },
    RETURN: {
        "total-alone-returned": (
            "return total",
            "loss = recon.add(kl, alpha=beta)\n    return loss",
            "return torch.stack([recon, beta * kl]).sum()",
        ),
        "loss-as-dict": (
            "return dict(total=total, recon=recon, kl=kl)",
            (
                "losses = {}\n    losses['total_loss'] = total\n    losses['bce'] = recon\n"
                "    losses['kld'] = kl\n    return losses"
            ),
            "return {'loss': total, 'reconstruction_loss': recon, 'kl_loss': kl}",
        ),
        "kl-returned-before-recon": (
            "return total, kl, recon",
            "kld, bce = kl, recon\n    return (total, kld, bce)",
            "return tuple([total, kl, recon])",
        ),
        "parts-as-floats": (
            "return total, recon.item(), kl.item()",
            "return (total, float(recon), float(kl))",
            "parts = [recon.detach().item(), kl.detach().item()]\n    return total, *parts",
        ),
    },
}


def _source(line: str, replacement: str) -> str:
    lines = [replacement if one == line else one for one in (RECON, KL, TOTAL, RETURN)]
    body = "\n    ".join(["x = x.reshape(recon_x.shape)", *lines])
    return f"{HEAD}    {body}\n"


SPELLINGS = {
    mistake: tuple(_source(line, one) for one in written)
    for line, mistakes in LINES.items()
    for mistake, written in mistakes.items()
}
