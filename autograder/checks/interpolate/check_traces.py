"""interpolate: eval mode, and side effects on mode, gradients and inputs.

Source: the contract. The models are the grader's own.
"""

from __future__ import annotations

import torch

from checkkit import expect

from .adversarial_vae import AdversarialVAE, two_images
from .diagnosis import Interpolate, frames_between


def check_eval_mode_is_used(interpolate: Interpolate) -> None:
    """A model that comes in training mode gives the images that it gives in eval mode.

    Catches active dropout while encoding or decoding. The variance is almost 0, so that a sampled
    code costs nothing here.
    """
    for seed in range(3):
        model = AdversarialVAE(seed=seed, logvar=-60.0)
        evaluated = frames_between(interpolate, model.eval(), 3, seed).clone()
        trained = frames_between(interpolate, model.train(), 3, seed)
        called = " and ".join(sorted(model.in_training))
        expect.that(
            torch.allclose(evaluated, trained, atol=1e-5),
            "interpolate: expected the images of eval mode, got others in training mode"
            + (f" (called in training mode: {called})" if called else ""),
        )


def check_no_gradient_leads_back(interpolate: Interpolate) -> None:
    """No gradient leads from the images back to x1, to x2 or to the model's weights.

    Catches an autograd graph that is kept for a part of the computation.
    """
    model = AdversarialVAE().eval()
    x1, x2 = (x.requires_grad_() for x in two_images(0))
    leaves = {"x1": x1, "x2": x2, "encode": model.into, "decode": model.out}
    frames = interpolate(model, x1, x2, 3)
    frames = expect.tensor(frames, "interpolate", (3, 1, 28, 28))
    if frames.requires_grad:
        found = torch.autograd.grad(frames.sum(), list(leaves.values()), allow_unused=True)
        back = [name for name, grad in zip(leaves, found, strict=True) if grad is not None]
        expect.fail(f"interpolate: expected no gradient, got one (it leads to {', '.join(back)})")


def check_mode_is_restored_throughout(interpolate: Interpolate) -> None:
    """Every part of the model is in the mode that it was in, in both modes.

    Catches a mode that is set instead of restored, and submodules that are left out.
    """
    for training in (True, False):
        model = AdversarialVAE().train(training)
        frames_between(interpolate, model, 3)
        parts = list(model.modules())
        changed = sum(part.training != training for part in parts)
        message = "interpolate: expected the model and its parts to be left in the mode found"
        expect.that(changed == 0, f"{message}, got another in {changed} of {len(parts)}")


def check_inputs_are_unchanged(interpolate: Interpolate) -> None:
    """The images and the model's weights are left as they were.

    Catches in-place arithmetic on the inputs.
    """
    model = AdversarialVAE().eval()
    inputs = dict(zip(("x1", "x2"), two_images(0), strict=True))
    inputs.update(model.state_dict())
    before = {name: value.clone() for name, value in inputs.items()}
    frames = interpolate(model, inputs["x1"], inputs["x2"], 3)
    expect.tensor(frames, "interpolate", (3, 1, 28, 28))
    expect.unchanged("interpolate", **{name: (inputs[name], before[name]) for name in inputs})
