"""Known mistakes in `ConvVAE`.

Names are those of the files in `solutions/mistakes/`; hints are theirs.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.distributions import Laplace

from checkkit.expect import Hint

# σ of the mistake in `forward`, from logvar
FORWARD: dict[str, tuple[Callable[[float], float], str]] = {
    "own-noise-with-variance": (
        math.exp,
        "Call your reparameterize: exp(logvar) is the variance, not σ.",
    ),
    "reparameterize-given-std": (
        lambda logvar: math.exp(math.exp(logvar / 2) / 2),
        "reparameterize takes logvar and makes σ of it itself.",
    ),
    "own-noise-unscaled": (
        lambda _logvar: 1.0,
        "Call your reparameterize: the noise is scaled by exp(0.5 · logvar).",
    ),
}
ONE_FOR_ALL = Hint(
    "Call your reparameterize: each image has noise of its own.", "own-noise-one-for-all"
)

# z of the mistake in `sample`, from (n, latent_dim)
PRIORS: dict[str, tuple[Callable[[int, int], Tensor], str]] = {
    "sample-from-uniform": (
        torch.rand,
        "The prior is N(0, I): torch.randn, not torch.rand.",
    ),
    "sample-from-a-narrow-prior": (
        lambda n, d: 0.5 * torch.randn(n, d),
        "The prior is N(0, I): no factor on the noise.",
    ),
    "sample-clamped": (
        lambda n, d: torch.randn(n, d).clamp(-1.5, 1.5),
        "The prior is N(0, I): far codes are rare, but they are there.",
    ),
    "sample-from-laplace": (
        lambda n, d: Laplace(0.0, 0.5**0.5).sample(torch.Size((n, d))),
        "The prior is normal: torch.randn(n, self.latent_dim).",
    ),
}
# by the ranges of the two heads, mu and logvar; see `diagnosis`
HEADS: dict[tuple[str, str], tuple[str, str]] = {
    ("relu", "free"): ("relu-on-mu", "mu may be negative: no activation on this head."),
    ("free", "relu"): (
        "relu-on-logvar",
        "logvar is negative where σ < 1: no activation on this head.",
    ),
    ("relu", "relu"): (
        "relu-on-both-heads",
        "mu and logvar may be negative: no activation on the heads.",
    ),
    ("sigmoid", "free"): (
        "sigmoid-on-mu",
        "mu may be negative and large: no activation on this head.",
    ),
    ("free", "softplus"): (
        "softplus-on-logvar",
        "softplus makes a σ positive; logvar takes both signs.",
    ),
    ("free", "minus softplus"): (
        "minus-softplus-on-logvar",
        "The posterior may be wider than the prior: logvar takes both signs.",
    ),
    ("free", "zero"): (
        "logvar-always-zero",
        "The encoder says how sure it is: logvar needs a head of its own.",
    ),
}
# mistakes that keep pixels from being black
BRIGHTNESS = {
    "sigmoid-twice-in-decoder": "One sigmoid: after a second one no pixel can be black.",
    "relu-before-the-sigmoid": "sigmoid(relu(…)) is never below 0.5: the last layer has no ReLU.",
}
# by the range of the pixels for far codes; see `diagnosis`
OUTPUTS = {
    "sigmoid-missing": "A pixel is a probability: end with a sigmoid.",
    "tanh-at-the-output": "tanh runs from −1 to 1; sigmoid from 0 to 1.",
    "relu-at-the-output": (
        "ReLU keeps values from falling below 0, not from rising above 1: sigmoid."
    ),
}
FED_MU = Hint("forward decodes z = reparameterize(mu, logvar), not mu.", "decoder-fed-mu")
IN_TRAINING = Hint("forward samples in train and eval mode alike.", "samples-in-training-only")
ALWAYS_AS_MANY = Hint("Use the argument: torch.randn(n, self.latent_dim).", "sample-ignores-n")
SIXTEEN = Hint(
    "A code has latent_dim numbers: torch.randn(n, self.latent_dim).",
    "sample-latent-dim-hard-coded",
)
ONE_BATCH = Hint(
    "The last batch is smaller: view(-1, 32, 7, 7).", "batch-size-hard-coded-in-decoder"
)
ONE_PER_ROW = Hint(
    "Every latent dimension needs its own draw: torch.randn(n, self.latent_dim).",
    "sample-one-code-per-row",
)
ENCODED = Hint("The prior lives in latent space: draw z and decode it.", "sample-encodes-noise")
