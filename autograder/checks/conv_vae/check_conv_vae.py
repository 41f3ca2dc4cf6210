"""ConvVAE (35 points): encode, decode, forward, sample, for every batch and every latent_dim.

Source: the contract; Kingma & Welling (2014). The properties hold for any right architecture.
Batches of one are tried in eval mode only: batch normalization cannot train on one image. A wrong
reparameterize is replaced by a stand-in. This file has shapes, ranges and consistency;
`check_codes` has mu and logvar, `check_sampling` the random draws, `check_whole` the model as a
whole.
"""

from __future__ import annotations

from functools import partial

import torch
from lab.checks.vae import VAE, decoded, encoded, forwarded, sampled, within_0_and_1

from checkkit import expect

from ..digits import some
from ..explain import explained
from . import diagnosis, layer_probes

PARTS = ("mu", "logvar")
SIZES = [(1, 1), (1, 4), (7, 3), (2, 5), (5, 1), (32, 2), (3, 3)]


def check_any_batch_and_latent_size(ConvVAE: VAE) -> None:
    """Every batch size and every latent_dim works, 1 included.

    Catches batch size and latent_dim confused, and a `squeeze` that removes an axis.
    """
    for batch, latent_dim in SIZES:
        with explained(partial(diagnosis.size_mistake, ConvVAE)):
            model = ConvVAE(latent_dim)
            if batch > 1:
                forwarded(model.train(), some(batch), latent_dim)
            model.eval()
            forwarded(model, some(batch), latent_dim)
            encoded(model, some(batch), latent_dim)
            decoded(model, torch.randn(batch, latent_dim))
            sampled(model, batch)


def check_latent_dim_is_16_by_default(ConvVAE: VAE) -> None:
    """`ConvVAE()` has 16 latent dimensions.

    Catches another default, and a missing one.
    """
    encoded(ConvVAE(), some(2), 16)


def check_large_z_stays_between_0_and_1(ConvVAE: VAE) -> None:
    """Pixels stay in [0, 1] for codes far away, and in what `forward` and `sample` give.

    Catches outputs with only one bound, and pixels that can never be nearly black or white.
    """
    for scale in (3.0, 100.0):
        model = ConvVAE(latent_dim=4).eval()
        with explained(partial(diagnosis.output_mistake, ConvVAE)):
            within_0_and_1(decoded(model, scale * torch.randn(64, 4)), "decode")
        within_0_and_1(forwarded(model, some(8), 4)[0], "forward: recon_x")
        within_0_and_1(sampled(model, 8), "sample")
    layer_probes.expect_black_and_white(ConvVAE)


def check_forward_agrees_with_encode(ConvVAE: VAE) -> None:
    """`forward` gives the mu and logvar of `encode`.

    Catches mu and logvar swapped, and an encoder that is used differently in the two methods.
    """
    model, x = ConvVAE(latent_dim=4).eval(), some(3)
    for name, one, other in zip(
        PARTS, forwarded(model, x, 4)[1:], encoded(model, x, 4), strict=True
    ):
        expect.close(one, other.detach(), f"ConvVAE.forward: {name}")


def check_decode_is_a_function(ConvVAE: VAE) -> None:
    """In eval mode the same image has the same code, and the same code the same image.

    Catches noise in `encode` or `decode`.
    """
    model, x, z = ConvVAE(latent_dim=4).eval(), some(3), torch.randn(3, 4)
    expect.close(decoded(model, z), decoded(model, z).detach(), "ConvVAE.decode: image, twice")
    for name, one, other in zip(PARTS, encoded(model, x, 4), encoded(model, x, 4), strict=True):
        expect.close(one, other.detach(), f"ConvVAE.encode: {name}, twice")


def check_images_do_not_mix(ConvVAE: VAE) -> None:
    """In eval mode each image is treated as if it were alone.

    Catches averages over the batch, and reshapes that mix images.
    """
    model, x, z = ConvVAE(latent_dim=4).eval(), some(5), torch.randn(5, 4)
    together = (*encoded(model, x, 4), decoded(model, z))
    for n in range(5):
        alone = (*encoded(model, x[n : n + 1], 4), decoded(model, z[n : n + 1]))
        names = ("encode: mu", "encode: logvar", "decode: image")
        for name, one, other in zip(names, together, alone, strict=True):
            expect.close(one[n : n + 1], other.detach(), f"ConvVAE.{name} of one in a batch of 5")


def check_inputs_are_unchanged(ConvVAE: VAE) -> None:
    """The images and codes are left as they were.

    Catches in-place arithmetic on the inputs.
    """
    model, x, z = ConvVAE(latent_dim=4).eval(), some(3), torch.randn(3, 4)
    before = x.clone(), z.clone()
    forwarded(model, x, 4)
    encoded(model, x, 4)
    decoded(model, z)
    # Call the methods themselves: the functions of `lab.checks.vae` pass copies.
    model(x)
    model.encode(x)
    model.decode(z)
    expect.unchanged("ConvVAE", x=(x, before[0]), z=(z, before[1]))
