"""interpolate (20 points): the decoder's images along the straight line between two means.

Source: the contract. The models are the grader's own, so that a wrong ConvVAE costs nothing here.
The oracle is the model's own encode and decode, called for one point at a time. Side effects on
mode, gradients and inputs are in `check_traces`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import torch
from hypothesis import strategies as st
from torch import Tensor

from checkkit import expect
from checkkit.strategies import for_any

from ..explain import explained
from . import diagnosis
from .adversarial_vae import AdversarialVAE, two_images
from .diagnosis import Interpolate, frames_between, frames_of

STEPS = (2, 3, 5, 10, 17, 40)
# every number of steps that is likely, and some larger ones
EVERY = (*range(2, 13), 15, 16, 20, 21, 25, 30, 32, 50, 64, 100)
ATOL = 1e-3
# Means of trained models lie within ±5 or so; codes up to ±10 can be read off images.
FAR = 10.0


def check_any_number_of_steps(interpolate: Interpolate) -> None:
    """Any number of steps from 2 on gives that many images, by position and by name.

    Catches a number of steps, or of latent dimensions, written into the code.
    """
    for steps in STEPS:
        frames_between(interpolate, AdversarialVAE(latent_dim=16).eval(), steps)
        frames = interpolate(AdversarialVAE(latent_dim=2).eval(), *two_images(0), steps=steps)
        expect.tensor(frames, "interpolate", (steps, 1, 28, 28), given={"steps": steps})


@for_any(steps=st.sampled_from(STEPS), seed=st.integers(0, 100))
def check_starts_at_x1_and_ends_at_x2(interpolate: Interpolate, steps: int, seed: int) -> None:
    """The first image is the decoder's for the mean of x1, the last its for the mean of x2.

    Catches sampled codes, missing or swapped ends, and ends that are the inputs themselves.
    """
    model = AdversarialVAE(seed=seed).eval()
    # Before the call: an answer can change the model.
    means = model.means(*two_images(seed))
    right = model.decode(means).detach()
    frames = frames_between(interpolate, model, steps, seed)[[0, -1]]
    given: dict[str, object] = {"steps": steps}
    name = "interpolate: z at the ends"
    expect.close(model.codes(frames), means, name, given=given, atol=ATOL)
    expect.close(frames, right, "interpolate: ends", given=given, atol=ATOL)


def check_codes_are_equally_spaced(interpolate: Interpolate) -> None:
    """Each image is decoded one step further on some straight line, wherever its ends are.

    Catches mixed pixels, curved paths, uneven steps, and noise along the way. Sampled, missing and
    exchanged ends pass.
    """
    for steps in (5, 10):
        for seed in range(3):
            model = AdversarialVAE(seed=seed).eval()
            frames = frames_between(interpolate, model, steps, seed)
            codes = model.codes(frames)
            model.eval()  # an answer may have left it in training mode
            given: dict[str, object] = {"steps": steps}
            name = "interpolate: image decoded from its own code"
            expect.close(frames, model.decode(codes).detach(), name, given=given, atol=ATOL)
            taken = codes.diff(dim=0)
            step = taken.mean(0)
            expect.that(
                bool(step.abs().max() > ATOL),
                f"interpolate: expected another z at every step, got the same ({steps} steps)",
            )
            name = "interpolate: step from z to the next z"
            expect.close(taken, step.expand_as(taken), name, given=given, atol=10 * ATOL)


def check_every_image_is_decoded(interpolate: Interpolate) -> None:
    """There are no more different images than codes that were decoded.

    Catches images that are mixed after decoding, or never decoded. Wrong codes pass, and images
    that are scaled.
    """
    for seed in range(3):
        model = AdversarialVAE(seed=seed).eval()
        frames = frames_between(interpolate, model, 5, seed)
        images, codes = _different(frames.detach(), 1e-4), _different(model.decoded, 1e-6)
        expect.that(
            images <= codes,
            f"interpolate: expected one image for each decoded z, got {images} different images "
            f"from {codes} different z (5 steps)",
        )


def _different(rows: Iterable[Tensor], atol: float) -> int:
    """Return how many of some tensors differ from all before them."""
    found: list[Tensor] = []
    for row in rows:
        if not any(torch.allclose(row, other, rtol=0, atol=atol) for other in found):
            found.append(row)
    return len(found)


def check_decodes_the_straight_line(interpolate: Interpolate) -> None:
    """All images are the decoder's, at equally spaced points of the straight line.

    Catches mixed pixels, mixed inputs, mixed decoded images, curved paths and uneven steps, even if
    only one number of steps is wrong, codes that are bounded, and a division by the distance.
    """
    _on_any_line(interpolate)
    for steps in EVERY:
        _on_the_line(interpolate, AdversarialVAE(2, steps).eval(), steps, two_images(steps))
    for seed in range(3):
        far, images = AdversarialVAE(5, seed, reach=FAR).eval(), two_images(seed)
        _on_the_line(interpolate, far, 5, images)
        # The line has no length.
        _on_the_line(interpolate, far, 3, (images[0], images[0]))


@for_any(steps=st.sampled_from(STEPS), latent_dim=st.integers(1, 5), seed=st.integers(0, 100))
def _on_any_line(interpolate: Interpolate, steps: int, latent_dim: int, seed: int) -> None:
    """As `_on_the_line`, for the smallest inputs that fail."""
    model = AdversarialVAE(latent_dim, seed).eval()
    _on_the_line(interpolate, model, steps, two_images(seed))


def _on_the_line(
    interpolate: Interpolate, model: AdversarialVAE, steps: int, pair: tuple[Tensor, Tensor]
) -> None:
    """Fail unless the images are the decoder's along the straight line."""
    # Before the call: an answer can change the model and its inputs.
    mu1, mu2 = model.means(*pair)
    line = torch.stack([mu1 + (mu2 - mu1) * (k / (steps - 1)) for k in range(steps)])
    right = torch.cat([model.decode(z[None]).detach() for z in line])
    frames = frames_of(interpolate, model, pair, steps)
    given: dict[str, object] = {"steps": steps, "mean of x1": mu1, "mean of x2": mu2}
    evidence = partial(diagnosis.frames_mistake, interpolate)
    name = "interpolate: z"
    expect.close(model.codes(frames), line, name, given=given, atol=ATOL, evidence=evidence)
    expect.close(frames, right, "interpolate: images", given=given, atol=ATOL, evidence=evidence)


def check_chance_plays_no_part(interpolate: Interpolate) -> None:
    """The same call gives the same images every time, however large the variance.

    Catches sampled codes and any other randomness.
    """
    for seed in range(3):
        model = AdversarialVAE(seed=seed, logvar=6.0).eval()
        first, second = (frames_between(interpolate, model, 5, seed) for _ in range(2))
        message = "interpolate: expected the same images from two calls, got different ones"
        with explained(partial(diagnosis.chance_mistake, interpolate)):
            expect.that(torch.allclose(first, second, atol=1e-6), message)
