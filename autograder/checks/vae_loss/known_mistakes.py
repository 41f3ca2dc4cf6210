"""Known mistakes in `vae_loss`.

Names are those of the files in `solutions/mistakes/`; hints are theirs. Of several mistakes that
compute the same, one is listed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from checkkit.expect import Hint

from .oracles import bce, kl

Term = Callable[[Tensor, Tensor], Tensor]
Total = Callable[[float, float, float], float]
Result = Callable[[float, float, float, int], tuple[float, float, float]]

# the KL of the mistake, from mu and logvar
KLS: dict[str, tuple[Term, str]] = {
    "kl-without-half": (
        lambda m, v: 2 * kl(m, v),
        "A factor of ½ stands in front of the sum.",
    ),
    "kl-sign-flipped": (
        lambda m, v: -kl(m, v),
        "The KL is never negative: −½ Σ (1 + logvar − mu² − σ²).",
    ),
    "kl-in-bits": (
        lambda m, v: kl(m, v) / math.log(2),
        "The loss is in nats: natural logarithms, no division by log 2.",
    ),
    "kl-logvar-read-as-log-sigma": (
        lambda m, v: kl(m, 2 * v),
        "logvar is log σ²: σ² = exp(logvar), not exp(2 · logvar).",
    ),
    "kl-mean-over-everything": (
        lambda m, v: kl(m, v) / m.numel(),
        "The KL is summed over latent dimensions and batch: torch.sum, not torch.mean.",
    ),
    "kl-mean-over-batch": (
        lambda m, v: kl(m, v) / len(m),
        "Both terms are summed over the batch; use sum for the KL too.",
    ),
    "kl-mean-over-latent": (
        lambda m, v: kl(m, v) / m.shape[1],
        "The KL of independent dimensions adds up: sum over them.",
    ),
    "kl-divided-by-pixels": (
        lambda m, v: kl(m, v) / (784 * len(m)),
        "The reconstruction is a sum here, so the KL is one too: no division.",
    ),
    "sum-over-images-of-summed-batch": (
        lambda m, v: kl(m, v) * len(m),
        "The sum runs over the batch already.",
    ),
    "kl-mu-not-squared": (
        lambda m, v: kl(0 * m, v) + m.sum() / 2,
        "The distance of the means enters squared: mu.pow(2).",
    ),
    "kl-mu-absolute": (
        lambda m, v: kl(0 * m, v) + m.abs().sum() / 2,
        "The distance of the means enters squared: mu.pow(2).",
    ),
    "kl-rewards-large-mu": (
        lambda m, v: kl(0 * m, v) - (m * m).sum() / 2,
        "A posterior far from 0 must cost more, not less: mind the sign of mu².",
    ),
    "kl-without-mu": (
        lambda m, v: kl(0 * m, v),
        "A posterior far from 0 must cost: mu.pow(2) is missing.",
    ),
    "kl-without-logvar": (
        lambda m, v: kl(m, v) + v.sum() / 2,
        "Without + logvar, a variance of zero costs nothing: −½ Σ (1 + logvar − mu² − σ²).",
    ),
    "kl-of-log-std": (
        lambda m, v: kl(m, v) + v.sum() / 4,
        "The term is log σ² = logvar: no ½ on it.",
    ),
    "kl-without-variance": (
        lambda m, v: kl(m, v) - v.exp().sum() / 2,
        "exp(logvar) is missing: −½ Σ (1 + logvar − mu² − σ²).",
    ),
    "kl-without-one": (
        lambda m, v: kl(m, v) + m.numel() / 2,
        "At mu = 0, logvar = 0 the KL is 0: the −1 makes it so.",
    ),
    "kl-one-outside-the-sum": (
        lambda m, v: kl(m, v) + (m.numel() - 1) / 2,
        "The 1 belongs inside the sum: one for every dimension of every image.",
    ),
    "kl-one-per-image": (
        lambda m, v: kl(m, v) + (m.numel() - len(m)) / 2,
        "The 1 belongs inside the innermost sum: one for every latent dimension.",
    ),
    "kl-with-std-for-variance": (
        lambda m, v: kl(m, v) + ((v / 2).exp() - v.exp()).sum() / 2,
        "The formula has the variance in it: exp(logvar), not exp(0.5 · logvar).",
    ),
    "kl-with-variance-squared": (
        lambda m, v: kl(m, v) + ((2 * v).exp() - v.exp()).sum() / 2,
        "exp(logvar) is σ² already: do not square it again.",
    ),
    "kl-reversed": (
        lambda m, v: (v + (1 + m * m) / v.exp() - 1).sum() / 2,
        "The posterior comes first: KL(q ‖ prior) has σ² in it, not 1 / σ².",
    ),
    "kl-of-the-first-image": (
        lambda m, v: kl(m[:1], v[:1]),
        "Sum over the whole batch, not over row 0.",
    ),
}

ONE_BATCH = Hint(
    "The last batch is smaller: use -1, or flatten(1).", "batch-size-hard-coded-in-loss"
)

# the reconstruction term of the mistake, from probabilities and images
RECONS: dict[str, tuple[Term, str]] = {
    "recon-averaged": (
        lambda p, x: bce(p, x) / x.numel(),
        'binary_cross_entropy averages by default: reduction="sum", or the KL outweighs it.',
    ),
    "recon-averaged-over-batch": (
        lambda p, x: bce(p, x) / len(x),
        "Both terms are summed over the batch; leave the division to the training loop.",
    ),
    "recon-averaged-over-pixels": (
        lambda p, x: bce(p, x) / 784,
        "Sum over pixels and batch: no division by 784.",
    ),
    "recon-in-bits": (
        lambda p, x: bce(p, x) / math.log(2),
        "The loss is in nats: natural logarithms, no division by log 2.",
    ),
    "bce-in-base-ten": (
        lambda p, x: bce(p, x) / math.log(10),
        "Nats are natural logarithms: torch.log.",
    ),
    "bce-sign-lost": (
        lambda p, x: -bce(p, x),
        "The cross-entropy is minus the log likelihood, and positive.",
    ),
    "bce-arguments-swapped": (
        lambda p, x: bce(x, p),
        "F.binary_cross_entropy(input, target): the prediction recon_x comes first.",
    ),
    "bce-with-logits-on-probabilities": (
        lambda p, x: bce(torch.sigmoid(p), x),
        "The decoder’s sigmoid has been taken: F.binary_cross_entropy, without logits.",
    ),
    "bce-without-background": (
        lambda p, x: -(x * p.log()).sum(),
        "x log p + (1 − x) log(1 − p): the second half is missing.",
    ),
    "mse-instead-of-bce": (
        lambda p, x: ((p - x) ** 2).sum(),
        "recon_x holds probabilities: F.binary_cross_entropy, not F.mse_loss.",
    ),
    "l1-instead-of-bce": (
        lambda p, x: (p - x).abs().sum(),
        "recon_x holds probabilities: F.binary_cross_entropy, not F.l1_loss.",
    ),
    "x-binarised": (
        lambda p, x: bce(p, (x > 0.5).double()),
        "x stays as it is: grey pixels are targets between 0 and 1.",
    ),
}

# the total of the mistake, from the answer's own recon and kl, and beta
TOTALS: dict[str, tuple[Total, str]] = {
    "beta-ignored": (
        lambda r, k, _b: r + k,
        "total = recon + beta · kl: beta is not used.",
    ),
    "beta-on-the-reconstruction": (
        lambda r, k, b: b * r + k,
        "beta weighs the KL: recon + beta · kl.",
    ),
    "beta-on-both": (
        lambda r, k, b: b * (r + k),
        "beta weighs the KL alone: recon + beta · kl.",
    ),
    "beta-kl-subtracted": (
        lambda r, k, b: r - b * k,
        "The total is minimised, so the KL is added: recon + beta · kl.",
    ),
    "beta-applied-twice": (
        lambda r, k, b: r + b * b * k,
        "beta enters once: recon + beta · kl.",
    ),
    "beta-capped-at-one": (
        lambda r, k, b: r + min(b, 1.0) * k,
        "beta may be any weight: recon + beta · kl.",
    ),
    "beta-as-mixture": (
        lambda r, k, b: (1 - b) * r + b * k,
        "The reconstruction keeps its full weight: recon + beta · kl.",
    ),
}

# the returned values of the mistake, from the right total, recon and kl, and the batch size
RESULTS: dict[str, tuple[Result, str]] = {
    "kl-returned-before-recon": (
        lambda t, r, k, _n: (t, k, r),
        "The order is (total, recon, kl).",
    ),
    "total-returned-last": (
        lambda t, r, k, _n: (r, k, t),
        "The order is (total, recon, kl).",
    ),
    "loss-averaged-over-batch": (
        lambda t, r, k, n: (t / n, r / n, k / n),
        "Sums are asked for; leave the division to the training loop.",
    ),
}
