"""ConvVAE: the random draws of `forward` and `sample`.

Source: Kingma & Welling (2014). If codes can be read off the images, their distribution is tested;
otherwise that of the images. See `code_statistics`.
"""

from __future__ import annotations

from functools import partial

import torch
from lab.checks.vae import VAE, decoded, encoded, forwarded, sampled
from torch import Tensor

from checkkit import expect

from ..digits import some
from ..explain import explained
from . import code_readout, code_statistics, diagnosis, reachability
from .image_statistics import DRAWS, PER_CALL, expect_one_distribution

AT_ONCE = 6  # images per call; if every call draws the same, only as many differ
# If a decoder maps a share of all codes to one image, and two of 12 samples are likely to be among
# them, two of this many codes almost surely are: for a share of 5 %, except once in 10^5 times.
CODES = 256


def check_forward_draws_z(ConvVAE: VAE) -> None:
    """`forward` draws a new z at every call, in eval mode too.

    Catches a decoder that gets mu, and sampling in training mode only.
    """
    x = some(4)
    for training in (True, False):
        model = ConvVAE(latent_dim=4).train(training)
        first, second = (forwarded(model, x, 4)[0] for _ in range(2))
        with explained(partial(diagnosis.undrawn_mistake, ConvVAE, x)):
            expect.that(
                not torch.equal(first, second),
                f"ConvVAE.forward: expected another recon_x at each call, got the same twice "
                f"({'training' if training else 'eval'} mode)",
            )


def check_forward_decodes_mu_plus_sigma_eps(ConvVAE: VAE) -> None:
    """What `forward` reconstructs is decoded from mu + σ·eps.

    Catches logvar in place of σ, mu and logvar swapped, one eps for all images, and another
    decoder.
    """
    code_statistics.expect_forward_standard(ConvVAE)
    model, x = ConvVAE(latent_dim=2).eval(), some(1).repeat(PER_CALL, 1, 1, 1)
    # A fresh model has mu ≈ logvar ≈ 0, where many mistakes go unnoticed.
    reachability.steer_posterior(model, x[:2], 2)
    with torch.no_grad():
        mu, logvar = encoded(model, x[:1], 2)
        sigma = (logvar / 2).exp()
        if (read := code_readout.of_surface(model, mu[0], sigma[0])) is not None:
            eps, detail = read(forwarded(model, x, 2)[0]), "latent_dim = 2"
            code_statistics.expect_standard_in_two(eps, "ConvVAE.forward: (z − mu) / σ", detail)
            return
        recons = [forwarded(model, x, 2)[0] for _ in range(DRAWS // PER_CALL)]
        right = decoded(model, mu + sigma * torch.randn(DRAWS, 2))
        middle = decoded(model, mu)
        expect_one_distribution(torch.cat(recons), right, middle, "forward: recon_x")


def check_sample_decodes_the_prior(ConvVAE: VAE) -> None:
    """What `sample` gives is decoded from N(0, I).

    Catches uniform codes, another standard deviation, truncated or antithetic codes, one number for
    all dimensions, and codes of encoded images.
    """
    code_statistics.expect_sample_standard(ConvVAE)
    model = ConvVAE(latent_dim=2).eval()
    # Afterwards the codes of images differ from those of the prior.
    x = torch.cat([some(2), torch.rand(2, 1, 28, 28)])
    reachability.steer_posterior(model, x, 2, near=reachability.AWAY)
    with torch.no_grad():
        evidence = partial(diagnosis.sample_mistake, model)
        if (read := code_readout.of_surface(model, torch.zeros(2), torch.ones(2))) is not None:
            z, detail = read(sampled(model, PER_CALL)), "latent_dim = 2"
            code_statistics.expect_standard_in_two(
                z, "ConvVAE.sample: z", detail, lambda _z: evidence()
            )
            return
        samples = [sampled(model, PER_CALL) for _ in range(DRAWS // PER_CALL)]
        right, middle = decoded(model, torch.randn(DRAWS, 2)), decoded(model, torch.zeros(1, 2))
        expect_one_distribution(torch.cat(samples), right, middle, "sample", evidence)


def check_samples_differ(ConvVAE: VAE) -> None:
    """`sample` gives other images at every call, and all of them differ.

    Catches a seed set inside, and one repeated image. Where a fresh decoder makes one image of many
    codes, because all of its ReLUs are off, more images must differ than one call gives.
    """
    model = ConvVAE(latent_dim=4).eval()
    images = torch.cat([sampled(model, AT_ONCE) for _ in range(2)])
    different, most = _different(images), 2 * AT_ONCE
    tells_codes_apart = _different(decoded(model, torch.randn(CODES, 4))) == CODES
    expect.that(
        different == most or (different > AT_ONCE and not tells_codes_apart),
        f"ConvVAE.sample: expected {most} different images, got {different}",
    )


def _different(images: Tensor) -> int:
    return len(torch.unique(images.detach().flatten(1), dim=0))
