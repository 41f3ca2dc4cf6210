"""Mistakes in vae_loss."""

from __future__ import annotations

HEAD = "import torch.distributions as D\n\ndef vae_loss(recon_x, x, mu, logvar, beta=1.0):\n"
RECON = "recon = F.binary_cross_entropy(recon_x.flatten(1), x.flatten(1), reduction='none').sum()"
KL = "kl = ((logvar.exp() + mu * mu - logvar - 1) / 2).sum()"
TOTAL = "total = recon + kl * beta"

# mistake -> two replacements: the line, and the line in its place
LINES = {
    "kl-without-half": (
        (KL, "kl = (logvar.exp() + mu * mu - logvar - 1).sum()"),
        (KL, "kl = torch.einsum('bd->', mu**2 - logvar + logvar.exp()) - mu.numel()"),
    ),
    "kl-logvar-read-as-log-sigma": (
        (KL, "s = logvar.exp()\n    kl = ((s * s + mu * mu - 1) / 2 - logvar).sum()"),
        (
            KL,
            "kl = D.kl_divergence(D.Normal(mu, logvar.exp()), D.Normal(0.0, 1.0)).sum()",
        ),
    ),
    "kl-sign-flipped": (
        (KL, "kl = ((logvar + 1 - logvar.exp() - mu * mu) / 2).sum()"),
        (
            KL,
            "kl = -D.kl_divergence(D.Normal(mu, (logvar / 2).exp()), D.Normal(0.0, 1.0)).sum()",
        ),
    ),
    "kl-mean-over-batch": (
        (KL, "kl = ((logvar.exp() + mu * mu - logvar - 1) / 2).mean(0).sum()"),
        (KL, "kl = ((logvar.exp() + mu * mu - logvar - 1) / 2).sum() / len(mu)"),
    ),
    "kl-reversed": (
        (KL, "kl = ((-logvar).exp() * (1 + mu**2) + logvar - 1).sum() / 2"),
        (
            KL,
            "kl = D.kl_divergence(D.Normal(0.0, 1.0), D.Normal(mu, (logvar / 2).exp())).sum()",
        ),
    ),
    "kl-mu-not-squared": (
        (KL, "kl = (logvar.exp() + mu - logvar - 1).sum() / 2"),
        (
            KL,
            "kl = torch.stack([(v.exp() + m - v - 1).sum() / 2 for m, v in zip(mu, logvar)]).sum()",
        ),
    ),
    "recon-averaged": (
        (RECON, "recon = F.binary_cross_entropy(recon_x.flatten(1), x.flatten(1))"),
        (
            RECON,
            "recon = -(x * recon_x.log() + (1 - x) * (1 - recon_x).log()).mean()",
        ),
    ),
    "mse-instead-of-bce": (
        (RECON, "recon = (recon_x - x).pow(2).sum()"),
        (RECON, "recon = torch.linalg.vector_norm(x - recon_x) ** 2"),
    ),
    "bce-arguments-swapped": (
        (RECON, "recon = nn.BCELoss(reduction='sum')(x, recon_x)"),
        (
            RECON,
            "recon = torch.stack([F.binary_cross_entropy(x, recon_x, reduction='none')]).sum()",
        ),
    ),
    "beta-ignored": (
        (TOTAL, "total = recon + kl"),
        (TOTAL, "total = torch.stack([recon, kl]).sum()"),
    ),
}


def _source(line: str, replacement: str) -> str:
    lines = [replacement if one == line else one for one in (RECON, KL, TOTAL)]
    body = "\n    ".join(["x = x.reshape(recon_x.shape)", *lines, "return total, recon, kl"])
    return f"{HEAD}    {body}\n"


SPELLINGS = {mistake: tuple(_source(*one) for one in twice) for mistake, twice in LINES.items()}
