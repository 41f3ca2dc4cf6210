"""interpolate (20 points): the decoder's images along the straight line between two means.

Source: the contract. The models are the grader's own, so that a wrong ConvVAE costs nothing here;
the oracle is the model's own encode and decode, called one point at a time.
"""

from __future__ import annotations

from functools import partial

import torch
from hypothesis import strategies as st
from lab.checks import expect
from lab.checks.strategies import for_any
from torch import Tensor

from autograder.checks import walks
from autograder.checks.crooked import Crooked, two_images
from autograder.checks.walks import Interpolate

STEPS = (2, 3, 5, 10, 17, 40)
# codes are read off pixels in float32; an error in z of one part in a thousand shows
ATOL = 1e-3


def walk(interpolate: Interpolate, model: Crooked, steps: int, seed: int = 0) -> Tensor:
    """Return the frames between two images drawn from `seed`."""
    frames = interpolate(model, *two_images(seed), steps)
    given: dict[str, object] = {"steps": steps, "latent_dim": model.latent_dim}
    return expect.tensor(
        frames,
        "interpolate",
        (steps, 1, 28, 28),
        given=given,
        hint=lambda _shape: walks.of_walk(interpolate),
    )


def check_any_number_of_steps(interpolate: Interpolate) -> None:
    """Any number of steps from 2 on gives that many images, by position and by name.

    Catches a number of steps, or of latent dimensions, that is written into the code.
    """
    for steps in STEPS:
        walk(interpolate, Crooked(latent_dim=16).eval(), steps)
        frames = interpolate(Crooked(latent_dim=2).eval(), *two_images(0), steps=steps)
        expect.tensor(frames, "interpolate", (steps, 1, 28, 28), given={"steps": steps})


@for_any(steps=st.sampled_from(STEPS), seed=st.integers(0, 100))
def check_starts_at_x1_and_ends_at_x2(interpolate: Interpolate, steps: int, seed: int) -> None:
    """The first image is the decoder's for the mean of x1, the last its for the mean of x2.

    Catches sampled codes, ends that are missing or exchanged, and the images put in themselves.
    """
    model = Crooked(seed=seed).eval()
    means = model.means(*two_images(seed))
    frames = walk(interpolate, model, steps, seed)[[0, -1]]
    given: dict[str, object] = {"steps": steps}
    name = "interpolate: z at the ends"
    expect.close(model.codes(frames), means, name, given=given, atol=ATOL)
    expect.close(frames, model.decode(means).detach(), "interpolate: ends", given=given, atol=ATOL)


@for_any(steps=st.sampled_from(STEPS), latent_dim=st.integers(1, 5), seed=st.integers(0, 100))
def check_decodes_the_straight_line(
    interpolate: Interpolate, steps: int, latent_dim: int, seed: int
) -> None:
    """All images are the decoder's, at equally spaced points of the straight line.

    Catches mixtures of pixels, of inputs and of decoded images, bent lines and uneven steps.
    """
    model = Crooked(latent_dim, seed).eval()
    mu1, mu2 = model.means(*two_images(seed))
    line = torch.stack([mu1 + (mu2 - mu1) * (k / (steps - 1)) for k in range(steps)])
    frames = walk(interpolate, model, steps, seed)
    given: dict[str, object] = {"steps": steps, "mean of x1": mu1, "mean of x2": mu2}
    evidence = partial(walks.of_walk, interpolate)
    name = "interpolate: z"
    expect.close(model.codes(frames), line, name, given=given, atol=ATOL, evidence=evidence)
    right = torch.cat([model.decode(z[None]).detach() for z in line])
    expect.close(frames, right, "interpolate: images", given=given, atol=ATOL, evidence=evidence)


def check_chance_plays_no_part(interpolate: Interpolate) -> None:
    """The same call gives the same images every time, however large the variance.

    Catches codes that are sampled, and anything else drawn on the way.
    """
    for seed in range(3):
        model = Crooked(seed=seed, logvar=6.0).eval()
        first, second = (walk(interpolate, model, 5, seed) for _ in range(2))
        message = "interpolate: expected the same images from two calls, got different ones"
        expect.that(torch.allclose(first, second, atol=1e-6), message)


def check_eval_mode_is_used(interpolate: Interpolate) -> None:
    """A model that comes in training mode gives the images that it gives in eval mode.

    Catches dropout that is on while encoding or decoding. The variance is next to nothing, so that
    a sampled code costs nothing here.
    """
    for seed in range(3):
        model = Crooked(seed=seed, logvar=-60.0)
        evaluated = walk(interpolate, model.eval(), 3, seed).clone()
        trained = walk(interpolate, model.train(), 3, seed)
        called = " and ".join(sorted(model.in_training)) or "nothing"
        expect.that(
            torch.allclose(evaluated, trained, atol=1e-5),
            "interpolate: expected the images of eval mode, got others in training mode "
            f"(called in training mode: {called})",
        )


def check_no_gradient_leads_back(interpolate: Interpolate) -> None:
    """No gradient leads from the images back to x1, to x2 or to the model's weights.

    Catches a graph that is kept on a part of the way.
    """
    model = Crooked().eval()
    x1, x2 = (x.requires_grad_() for x in two_images(0))
    ways = {"x1": x1, "x2": x2, "encode": model.into, "decode": model.out}
    frames = interpolate(model, x1, x2, 3)
    frames = expect.tensor(frames, "interpolate", (3, 1, 28, 28))
    if frames.requires_grad:
        found = torch.autograd.grad(frames.sum(), list(ways.values()), allow_unused=True)
        back = [name for name, grad in zip(ways, found, strict=True) if grad is not None]
        expect.fail(f"interpolate: expected no gradient, got one (it leads to {', '.join(back)})")


def check_mode_is_restored_throughout(interpolate: Interpolate) -> None:
    """Every part of the model is in the mode that it was in, in both modes.

    Catches a mode that is set at the end instead of restored, and parts that are forgotten.
    """
    for training in (True, False):
        model = Crooked().train(training)
        walk(interpolate, model, 3)
        parts = list(model.modules())
        changed = sum(part.training != training for part in parts)
        message = "interpolate: expected the model and its parts to be left in the mode found"
        expect.that(changed == 0, f"{message}, got another in {changed} of {len(parts)}")


def check_inputs_are_unchanged(interpolate: Interpolate) -> None:
    """The images and the model's weights are left as they were.

    Catches in-place arithmetic on the inputs.
    """
    model = Crooked().eval()
    inputs = dict(zip(("x1", "x2"), two_images(0), strict=True))
    inputs.update(model.state_dict())
    before = {name: value.clone() for name, value in inputs.items()}
    frames = interpolate(model, inputs["x1"], inputs["x2"], 3)
    expect.tensor(frames, "interpolate", (3, 1, 28, 28))
    expect.unchanged("interpolate", **{name: (inputs[name], before[name]) for name in inputs})
