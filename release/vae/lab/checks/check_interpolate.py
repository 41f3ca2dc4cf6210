"""interpolate: from black (z = −2) to white (z = 2), with a model whose codes can be read."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from checkkit import expect
from checkkit.expect import Hint, KnownMistake
from lab.checks.models import Grey, codes

Interpolate = Callable[..., object]

BLACK, WHITE = torch.zeros(1, 28, 28), torch.ones(1, 28, 28)
GIVEN: dict[str, object] = {"mean of x1": -2, "mean of x2": 2, "steps": 5}
GIVEN_BACK = "these are x1 and x2 themselves; every picture on the way is decoded from a code"
MISSING = "an end is missing: the first code is the mean of x1, the last the mean of x2"
# five steps without both ends, without the last one, without the first one
ENDS_MISSING = ([-4 / 3, 4 / 3], [-2.0, 1.2], [-1.2, 2.0])
ONE_TWICE = "both ends are decoded from the mean of the same picture"
ROUNDED = "the share of the way is 0 until it is 1: is it rounded, or divided with //?"
SAMPLED = Hint("two calls give different images: z was sampled; take the mean")
REVERSED = "the walk is the other way round: it starts at x1"


def frames(interpolate: Interpolate, steps: int = 5, *, training: bool = False) -> Tensor:
    """Return the frames from black to white."""
    model = Grey().train(training)
    got = interpolate(model, BLACK.clone(), WHITE.clone(), steps)
    return expect.tensor(got, "interpolate", (steps, 1, 28, 28))


def check_gives_steps_images(interpolate: Interpolate) -> None:
    """There are as many images as steps, in one tensor (steps, 1, 28, 28); 10 unless told.

    Catches lists and arrays, one frame too many or too few, and a fixed number of steps.
    """
    for steps in (5, 2, 3):
        frames(interpolate, steps)
    given: dict[str, object] = {"called as": "interpolate(model, x1, x2)"}
    got = interpolate(Grey().eval(), BLACK.clone(), WHITE.clone())
    expect.tensor(got, "interpolate", (10, 1, 28, 28), given=given)


def check_ends_are_the_two_means(interpolate: Interpolate) -> None:
    """The first image is decoded from the mean of x1, the last from the mean of x2.

    Catches sampled codes, one image encoded twice, and missing ends.
    """
    wanted = torch.tensor([-2.0, 2.0])
    wrong = [
        KnownMistake(wanted.flip(0), REVERSED),
        KnownMistake(torch.logit(torch.tensor([0.0, 1.0]), eps=1e-6), GIVEN_BACK),
        *(KnownMistake(torch.tensor(ends), MISSING) for ends in ENDS_MISSING),
        *(KnownMistake(torch.tensor([end, end]), ONE_TWICE) for end in (-2.0, 2.0)),
    ]
    _close(interpolate, [0, -1], wanted, "interpolate: z at the ends", wrong)


def check_steps_are_equal(interpolate: Interpolate) -> None:
    """With five steps, z is −2, −1, 0, 1, 2.

    Catches cross-faded pixels, and points that are not equally spaced.
    """
    wanted = torch.tensor([-2.0, -1.0, 0.0, 1.0, 2.0])
    black, white = torch.sigmoid(wanted[[0, -1]])
    faded = torch.logit(torch.lerp(black, white, torch.linspace(0, 1, 5)))
    wrong = [
        KnownMistake(wanted.flip(0), REVERSED),
        KnownMistake(torch.tensor([-2.0, -2.0, -2.0, -2.0, 2.0]), ROUNDED),
        KnownMistake(faded, "the images are mixed; mix the codes and decode each mixture"),
    ]
    _close(interpolate, [0, 1, 2, 3, 4], wanted, "interpolate: z", wrong)


def _close(
    interpolate: Interpolate, which: list[int], wanted: Tensor, name: str, wrong: list[KnownMistake]
) -> None:
    """Compare the codes that frames were decoded from; show the frames if they are wrong."""
    got = frames(interpolate)[which]

    def sampled() -> Hint | None:
        return None if torch.equal(got, frames(interpolate)[which]) else SAMPLED

    expect.close(
        codes(got),
        wanted,
        name,
        given=GIVEN,
        atol=1e-3,
        mistakes=wrong,
        evidence=sampled,
        images=(torch.sigmoid(wanted)[:, None, None, None].expand(-1, 1, 28, 28), got),
    )


def check_two_calls_agree(interpolate: Interpolate) -> None:
    """Two calls give the same images, for a model in training mode too.

    Catches sampled codes, and dropout left on.
    """
    first, second = (frames(interpolate, training=True) for _ in range(2))
    message = "interpolate: expected the same images from two calls, got different ones"
    expect.that(torch.allclose(first, second, atol=1e-6), message)


def check_mode_is_left_as_found(interpolate: Interpolate) -> None:
    """The model is in the same mode after the call as before it.

    Catches a model left in eval mode, or set to training mode.
    """
    names = {True: "training", False: "eval"}
    for training in (True, False):
        model = Grey().train(training)
        interpolate(model, BLACK.clone(), WHITE.clone(), 3)
        expect.that(
            model.training == training,
            f"interpolate: expected the model to be left in {names[training]} mode, "
            f"found it in {names[model.training]} mode",
        )


def check_no_gradient_kept(interpolate: Interpolate) -> None:
    """The images carry no gradient, and gradients are on again after the call.

    Catches a kept autograd graph, and `set_grad_enabled(False)` that is never undone.
    """
    try:
        got = frames(interpolate)
        on = torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
    expect.that(on, "interpolate: expected gradients to be on after the call, found them off")
    expect.that(not got.requires_grad, "interpolate: expected images without a gradient, got one")
