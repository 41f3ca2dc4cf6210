"""ConvVAE: the model as a whole: layers, weights, and training.

Source: the contract. docs/calibration.md explains the threshold of the training check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from lab.checks.vae import VAE, Model, decoded, encoded, forwarded

from checkkit import expect
from checkkit.artifacts import ArtifactRecorder
from checkkit.expect import Hint
from checkkit.wording import plain

from .. import digits
from ..digits import some
from . import diagnosis, layer_probes, training, training_loop
from .artifacts import add_trained_images, add_training_curve

TOO_SHARP = Hint("the codes say more than a code may: is σ next to nothing?")


def check_encode_works_by_convolutions(ConvVAE: VAE) -> None:
    """`encode` works by Conv2d.

    Catches an encoder without one, and a layer that is not used.
    """
    layer_probes.expect_convolutions(ConvVAE, "encode", "Conv2d")


def check_decode_works_by_transposed_convolutions(ConvVAE: VAE) -> None:
    """`decode` works by ConvTranspose2d.

    Catches a decoder without one, and a layer that is not used.
    """
    layer_probes.expect_convolutions(ConvVAE, "decode", "ConvTranspose2d")


def check_reconstruction_reaches_every_parameter(ConvVAE: VAE) -> None:
    """The reconstruction alone has a gradient in every parameter.

    Catches a decoder that gets mu, a detached z, and unused layers.
    """
    model = ConvVAE(latent_dim=4)
    recon_x, _, _ = forwarded(model, some(4), 4)
    expect.that(recon_x.requires_grad, "ConvVAE.forward: expected recon_x to carry a gradient")
    recon_x.sum().backward()  # type: ignore[no-untyped-call]
    for name, parameter in model.named_parameters():
        # None means unreached. A zero is legitimate: a bias before batch normalization has it.
        why = "" if parameter.requires_grad else " (requires_grad=False)"
        message = f"ConvVAE: expected a gradient of recon_x in {plain(name)}, got none{why}"
        expect.that(parameter.grad is not None, message)


def check_weights_are_the_whole_model(ConvVAE: VAE, fresh_copy: Callable[[VAE], VAE]) -> None:
    """A fresh model with the same `state_dict` does the same.

    Catches unregistered layers, layers made during a call, and state kept between calls.
    """
    model, x, z = ConvVAE(latent_dim=4).eval(), some(3), torch.randn(3, 4)
    # The twin decodes first: what encode leaves behind must not matter.
    was = (*encoded(model, x, 4), decoded(model, z))
    twin = training.with_weights(fresh_copy(ConvVAE), 4, model.state_dict())
    now = (decoded(twin, z), *encoded(twin, x, 4))
    for name, one, other in zip(("mu", "logvar", "image"), was, (*now[1:], now[0]), strict=True):
        what = f"ConvVAE: {name} of a fresh model with the same weights"
        expect.close(other, one.detach(), what)


def check_learns_to_reconstruct(
    ConvVAE: VAE, fresh_copy: Callable[[VAE], VAE], artifacts: ArtifactRecorder
) -> None:
    """After 384 steps on 4,000 digits, held-back digits are reconstructed.

    Catches two sigmoids, layers that do not learn, and images that bypass the code: the decoder is
    a fresh model that has never seen them, and the KL bounds what a code can carry. A model that
    starts slowly gets as many again.
    """
    with add_training_curve(artifacts) as curve:
        weights, steps = training.trained(ConvVAE, curve)
    add_trained_images(artifacts, weights)

    def copy() -> Model:
        return training.with_weights(fresh_copy(ConvVAE), training_loop.LATENT_DIM, weights)

    # No copy outlives this check: what has seen held-back digits must not answer later checks. The
    # first one is made here, where an error may still be told.
    made = [copy()]
    with _same_words_for_every_error():
        nats = training_loop.verdict(
            lambda: made.pop() if made else copy(), copy, digits.held_out()
        )
    if nats.recon >= training_loop.THRESHOLD:
        expect.fail(
            f"ConvVAE: expected at most {training_loop.THRESHOLD:g} nats per held-back digit, "
            f"got {nats.recon:.1f} (after {steps} steps of 32 digits, sampled reconstruction)",
            diagnosis.brightness_mistake(ConvVAE),
        )
    if nats.elbo >= training_loop.ELBO:
        expect.fail(
            f"ConvVAE: expected at most {training_loop.ELBO:g} nats of reconstruction and KL "
            f"together per held-back digit, got {nats.recon:.1f} + {nats.kl:.1f} (after {steps} "
            "steps of 32 digits)",
            TOO_SHARP,
        )


@contextmanager
def _same_words_for_every_error() -> Iterator[None]:
    """Fail without telling what an answer says of digits that students do not have.

    The text of an exception, or the shape of a result, could spell out their pixels on a feedback
    page. Other mistakes have shown on the validation digits before.
    """
    try:
        yield
    except Exception:  # noqa: BLE001 - whatever it is
        expect.fail("ConvVAE: expected held-back digits to work as others do, got an error")
