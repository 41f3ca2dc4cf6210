"""ConvVAE (35 points): encode, decode, forward, sample, for every batch and every latent_dim.

Source: the contract; Kingma & Welling (2014). The properties hold for any right architecture. The
oracle of `forward` and `sample` is the model's own `decode` on codes that are drawn here, compared
as two samples (limits: `limits.two_sample_limit`). Batches of one are tried in eval mode only:
batch normalisation cannot train on one. reparameterize is a stand-in where it is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from lab.checks import expect
from lab.checks.vae import VAE, decoded, encoded, forwarded, sampled, within_0_and_1
from lab.checks.wording import plain
from torch import Tensor

from autograder.checks import codes, digits, inside, learning, naming_vae, reach
from autograder.checks.images import DRAWS, PER_CALL, expect_one_distribution, some

PARTS = ("mu", "logvar")
SIZES = [(1, 1), (1, 4), (7, 3), (2, 5), (5, 1), (32, 2), (3, 3)]


def check_any_batch_and_latent_size(ConvVAE: VAE) -> None:
    """Every batch size and every latent_dim works, 1 included.

    Catches one of the two taken for the other, and `squeeze` where it takes an axis away.
    """
    for batch, latent_dim in SIZES:
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

    Catches another default, and none.
    """
    encoded(ConvVAE(), some(2), 16)


def check_large_z_stays_between_0_and_1(ConvVAE: VAE) -> None:
    """Pixels stay in [0, 1] for codes far away, and in what `forward` and `sample` give.

    Catches outputs that are bounded on one side only.
    """
    for scale in (3.0, 100.0):
        model = ConvVAE(latent_dim=4).eval()
        within_0_and_1(decoded(model, scale * torch.randn(64, 4)), "decode")
        within_0_and_1(forwarded(model, some(8), 4)[0], "forward: recon_x")
        within_0_and_1(sampled(model, 8), "sample")


def check_mu_takes_both_signs(ConvVAE: VAE) -> None:
    """Each mean can be negative and positive.

    Catches ReLU, softplus or a sigmoid on the head of mu.
    """
    reach.expect_both_signs(ConvVAE, 0, PARTS[0], some(16))


def check_logvar_takes_both_signs(ConvVAE: VAE) -> None:
    """Each log variance can be negative and positive.

    Catches ReLU or softplus on the head of logvar, and variances or deviations in its place.
    """
    reach.expect_both_signs(ConvVAE, 1, PARTS[1], some(16))


def check_encode_depends_on_the_image(ConvVAE: VAE) -> None:
    """Both mu and logvar depend on the image, in eval mode too.

    Catches a logvar that is one vector for all images, and an encoder that is switched off.
    """
    inside.expect_dependence_on_the_image(ConvVAE, PARTS)


def check_mu_and_logvar_differ(ConvVAE: VAE) -> None:
    """The two heads give two different things.

    Catches one head that is used twice.
    """
    model, x = ConvVAE(latent_dim=4).eval(), some(8)

    def apart() -> Tensor:
        mu, logvar = encoded(model, x, 4)
        return mu - logvar

    possible = reach.can_be_positive(model, apart)
    expect.that(possible, "ConvVAE.encode: expected mu and logvar to differ, got mu = logvar")


def check_latent_dimensions_differ(ConvVAE: VAE) -> None:
    """Each latent dimension has a mean and a variance of its own.

    Catches one number that is repeated for all dimensions, and a variance that they share.
    """
    inside.expect_dimensions_to_differ(ConvVAE, PARTS)


def check_convolutions_are_where_they_belong(ConvVAE: VAE) -> None:
    """`encode` works by Conv2d, `decode` by ConvTranspose2d.

    Catches a half that does without, and layers that are there and not used.
    """
    inside.expect_convolutions(ConvVAE)


def check_reconstruction_reaches_every_parameter(ConvVAE: VAE) -> None:
    """The reconstruction alone has a gradient in every parameter.

    Catches a decoder that is fed mu, z detached, and layers that are not used.
    """
    model = ConvVAE(latent_dim=4)
    recon_x, _, _ = forwarded(model, some(4), 4)
    expect.that(recon_x.requires_grad, "ConvVAE.forward: expected recon_x to carry a gradient")
    recon_x.sum().backward()  # type: ignore[no-untyped-call]
    for name, parameter in model.named_parameters():
        # None is unreached; zero is legitimate, for a bias before batch normalisation
        why = "" if parameter.requires_grad else " (requires_grad=False)"
        message = f"ConvVAE: expected a gradient of recon_x in {plain(name)}, got none{why}"
        expect.that(parameter.grad is not None, message)


def check_forward_agrees_with_encode(ConvVAE: VAE) -> None:
    """`forward` gives the mu and logvar of `encode`.

    Catches the two exchanged, and the encoder used differently in the two places.
    """
    model, x = ConvVAE(latent_dim=4).eval(), some(3)
    for name, one, other in zip(
        PARTS, forwarded(model, x, 4)[1:], encoded(model, x, 4), strict=True
    ):
        expect.close(one, other.detach(), f"ConvVAE.forward: {name}")


def check_decode_is_a_function(ConvVAE: VAE) -> None:
    """In eval mode the same image has the same code, and the same code the same image.

    Catches noise that is drawn in `encode` or `decode`.
    """
    model, x, z = ConvVAE(latent_dim=4).eval(), some(3), torch.randn(3, 4)
    expect.close(decoded(model, z), decoded(model, z).detach(), "ConvVAE.decode: image, twice")
    for name, one, other in zip(PARTS, encoded(model, x, 4), encoded(model, x, 4), strict=True):
        expect.close(one, other.detach(), f"ConvVAE.encode: {name}, twice")


def check_forward_draws_z(ConvVAE: VAE) -> None:
    """`forward` draws a new z at every call, in eval mode too.

    Catches a decoder that is fed mu, and sampling in training mode only.
    """
    x = some(4)
    for training in (True, False):
        model = ConvVAE(latent_dim=4).train(training)
        first, second = (forwarded(model, x, 4)[0] for _ in range(2))
        expect.that(
            not torch.equal(first, second),
            f"ConvVAE.forward: expected another recon_x at each call, got the same twice "
            f"({'training' if training else 'eval'} mode)",
        )


def check_forward_decodes_mu_plus_sigma_eps(ConvVAE: VAE) -> None:
    """What `forward` reconstructs is decoded from mu + σ·eps.

    Catches logvar for σ, mu and logvar exchanged, one eps for all, another decoder.
    """
    codes.expect_forward_standard(ConvVAE)
    model, x = ConvVAE(latent_dim=2).eval(), some(1).repeat(PER_CALL, 1, 1, 1)
    # a fresh model has mu ≈ logvar ≈ 0, where many mistakes look right
    reach.steer_posterior(model, x[:2], 2)
    with torch.no_grad():
        recons, rights = [], []
        for _ in range(DRAWS // PER_CALL):
            recon_x, mu, logvar = forwarded(model, x, 2)
            recons.append(recon_x)
            rights.append(decoded(model, mu + (logvar / 2).exp() * torch.randn_like(mu)))
        recon_x, right = torch.cat(recons), torch.cat(rights)
        expect_one_distribution(recon_x, right, decoded(model, mu[:1]), "forward: recon_x")


def check_sample_decodes_the_prior(ConvVAE: VAE) -> None:
    """What `sample` gives is decoded from N(0, I).

    Catches uniform codes, another width, codes that are cut off or come in pairs, one number for
    all dimensions, and images encoded.
    """
    codes.expect_sample_standard(ConvVAE)
    model = ConvVAE(latent_dim=3).eval()
    # so that the codes of images are no longer those of the prior
    reach.steer_posterior(model, torch.cat([some(2), torch.rand(2, 1, 28, 28)]), 3)
    with torch.no_grad():
        right, middle = decoded(model, torch.randn(DRAWS, 3)), decoded(model, torch.zeros(1, 3))
        samples = torch.cat([sampled(model, PER_CALL) for _ in range(DRAWS // PER_CALL)])
        evidence = partial(naming_vae.of_sample, model, samples, middle)
        expect_one_distribution(samples, right, middle, "sample", evidence)


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


def check_every_latent_moves_the_image(ConvVAE: VAE) -> None:
    """Every latent dimension changes the image.

    Catches a decoder that ignores z, or a part of it.
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


def check_samples_differ(ConvVAE: VAE) -> None:
    """`sample` gives other images at every call, and all of them differ.

    Catches a seed set inside, and one image that is repeated.
    """
    model = ConvVAE(latent_dim=4).eval()
    images = torch.cat([sampled(model, 6), sampled(model, 6)]).detach().flatten(1)
    different = len(torch.unique(images, dim=0))
    expect.that(different == 12, f"ConvVAE.sample: expected 12 different images, got {different}")


def check_weights_are_the_whole_model(ConvVAE: VAE, afresh: Callable[[VAE], VAE]) -> None:
    """A fresh model with the same `state_dict` does the same.

    Catches layers that are not registered, layers made on the way, and what is kept between calls.
    """
    model, x, z = ConvVAE(latent_dim=4).eval(), some(3), torch.randn(3, 4)
    # encode first: what it leaves behind must not show in decode
    was = (*encoded(model, x, 4), decoded(model, z))
    twin = learning.with_weights(afresh(ConvVAE), 4, model.state_dict())
    now = (decoded(twin, z), *encoded(twin, x, 4))
    for name, one, other in zip(("mu", "logvar", "image"), was, (*now[1:], now[0]), strict=True):
        what = f"ConvVAE: {name} of a fresh model with the same weights"
        expect.close(other, one.detach(), what)


def check_inputs_are_unchanged(ConvVAE: VAE) -> None:
    """The images and codes are left as they were.

    Catches in-place arithmetic on the inputs.
    """
    model, x, z = ConvVAE(latent_dim=4).eval(), some(3), torch.randn(3, 4)
    before = x.clone(), z.clone()
    forwarded(model, x, 4)
    encoded(model, x, 4)
    decoded(model, z)
    expect.unchanged("ConvVAE", x=(x, before[0]), z=(z, before[1]))


def check_learns_to_reconstruct(ConvVAE: VAE, afresh: Callable[[VAE], VAE]) -> None:
    """After 512 steps on 4,000 digits, held-back digits are reconstructed.

    Catches a sigmoid that is taken twice, layers that do not learn, and images that are handed
    past the code: what decodes is a fresh model that has never seen them.
    """
    model, weights, steps = learning.trained(ConvVAE)
    fresh = learning.with_weights(afresh(ConvVAE), learning.LATENT_DIM, weights)
    nats = learning.verdict(model, fresh, digits.held_out())
    if nats >= learning.THRESHOLD:
        expect.fail(
            f"ConvVAE: expected at most {learning.THRESHOLD:g} nats per held-back digit, "
            f"got {nats:.1f} (after {steps} steps of 32 digits, sampled reconstruction)",
            naming_vae.of_brightness(ConvVAE),
        )
