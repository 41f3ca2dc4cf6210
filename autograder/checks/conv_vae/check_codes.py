"""ConvVAE: what mu and logvar can be, and that each latent dimension counts.

Source: the contract. What a fresh model does not show is reached by training; see `reachability`.
"""

from __future__ import annotations

import torch
from lab.checks.vae import VAE, decoded, encoded
from torch import Tensor

from checkkit import expect

from ..digits import some
from . import layer_probes, reachability

PARTS = ("mu", "logvar")


def check_mu_takes_both_signs(ConvVAE: VAE) -> None:
    """Each mean can be negative and positive.

    Catches ReLU, softplus or a sigmoid on the head of mu.
    """
    reachability.expect_both_signs(ConvVAE, 0, PARTS[0], some(16))


def check_logvar_takes_both_signs(ConvVAE: VAE) -> None:
    """Each log variance can be negative and positive.

    Catches ReLU or softplus on the head of logvar, and a variance or a deviation in its place.
    """
    reachability.expect_both_signs(ConvVAE, 1, PARTS[1], some(16))


def check_encode_depends_on_the_image(ConvVAE: VAE) -> None:
    """Both mu and logvar depend on the image, in eval mode too.

    Catches one logvar for all images, and an encoder that is not used in eval mode.
    """
    layer_probes.expect_dependence_on_the_image(ConvVAE, PARTS)


def check_mu_and_logvar_differ(ConvVAE: VAE) -> None:
    """The two heads give two different things.

    Catches a head that is used for both.
    """
    model, x = ConvVAE(latent_dim=4).eval(), some(8)

    def apart() -> Tensor:
        mu, logvar = encoded(model, x, 4)
        return mu - logvar

    possible = reachability.can_be_positive(model, apart)
    expect.that(possible, "ConvVAE.encode: expected mu and logvar to differ, got mu = logvar")


def check_latent_dimensions_differ(ConvVAE: VAE) -> None:
    """Each latent dimension has a mean and a variance of its own.

    Catches one number repeated for all dimensions, and a shared variance.
    """
    layer_probes.expect_dimensions_to_differ(ConvVAE, PARTS)


def check_every_latent_moves_the_image(ConvVAE: VAE) -> None:
    """Every latent dimension changes the image.

    Catches a decoder that ignores z or a part of it.
    """
    for latent_dim in (4, 1, 2):
        model, z = ConvVAE(latent_dim=latent_dim).eval(), torch.randn(16, latent_dim)
        shifts = 3 * torch.eye(latent_dim)
        still = [
            f"z[:, {dimension}]"
            for dimension, shift in enumerate(shifts)
            if torch.equal(decoded(model, z), decoded(model, z + shift))
        ]
        message = "ConvVAE.decode: expected every z[:, i] to change the image, got none from "
        expect.that(not still, f"{message}{', '.join(still)} (latent_dim={latent_dim})")
