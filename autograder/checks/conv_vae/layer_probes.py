"""Properties of a model's layers and latent dimensions, tested from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from lab.checks.kernels import Kernel, kernels
from lab.checks.vae import VAE, Model, decoded, encoded
from torch import Tensor

from checkkit import expect

from ..digits import some
from . import diagnosis, reachability

# Nearly white; nearly black is as far from 0. A sigmoid needs ±3, which biases alone reach.
NEARLY = 0.95
# How many numbers of an output, and how many channels of a kernel, are looked at.
NUMBERS, CHANNELS = 6, 16
# Smaller singular values, relative to the largest, are rounding errors: weights that are used once
# have 1e-7 in float32.
ROUNDING = 1e-4


def expect_dependence_on_the_image(ConvVAE: VAE, parts: Sequence[str]) -> None:
    """Fail if mu or logvar cannot differ between images."""
    x, y = some(8), some(8)
    for part, name in enumerate(parts):
        model = ConvVAE(latent_dim=4).eval()

        def apart(model: Model = model, part: int = part) -> Tensor:
            return encoded(model, x, 4)[part] - encoded(model, y, 4)[part]

        message = f"ConvVAE.encode: expected {name} to depend on x, got the same for 2 × 8 images"
        expect.that(reachability.can_be_positive(model, apart), message)


def expect_dimensions_to_differ(ConvVAE: VAE, parts: Sequence[str]) -> None:
    """Fail if the latent dimensions of mu or of logvar cannot differ."""
    x = some(8)
    for part, name in enumerate(parts):
        model = ConvVAE(latent_dim=4).eval()

        def apart(model: Model = model, part: int = part) -> Tensor:
            code = encoded(model, x, 4)[part]
            return code[:, :1] - code[:, 1:]

        message = f"ConvVAE.encode: expected {name} to differ, got {name}[:, 0] = {name}[:, 1]"
        expect.that(reachability.can_be_positive(model, apart), message)


def expect_black_and_white(ConvVAE: VAE) -> None:
    """Fail if training cannot bring a pixel near 0 and one near 1."""
    for sign, word in ((1, "white"), (-1, "black")):
        model, z = ConvVAE(latent_dim=4).eval(), torch.randn(8, 4)

        def beyond(model: Model = model, z: Tensor = z, sign: int = sign) -> Tensor:
            lightest = (sign * decoded(model, z)).flatten(1).amax(1, keepdim=True)
            return lightest - (NEARLY if sign > 0 else NEARLY - 1)

        message = f"ConvVAE.decode: expected that pixels can be nearly {word}, they cannot"
        hint = None if sign > 0 else diagnosis.brightness_mistake(ConvVAE)
        expect.that(reachability.can_be_positive(model, beyond), message, hint)


def expect_convolutions(ConvVAE: VAE, what: str, kind: str) -> None:
    """Fail unless a method uses convolutions: encode a Conv2d, decode a ConvTranspose2d."""
    x, z = some(4), torch.randn(4, 4)
    model = ConvVAE(latent_dim=4).eval()

    def output() -> Tensor:
        return decoded(model, z) if what == "decode" else torch.cat(encoded(model, x, 4), 1)

    # First: it moves weights of zero, which would hide the layers before them.
    used = sorted(reachability.used_layers(model, output))
    others = ", ".join(used) or "nothing that learns"
    if kind in used:
        others = f"a {kind} whose weights are used at one place only"
    message = f"ConvVAE: expected {what} to work by nn.{kind}, got none, but {others}"
    expect.that(_convolves(model, output, transposed=what == "decode"), message)


def _convolves(model: Model, output: Callable[[], Tensor], *, transposed: bool) -> bool:
    """Return whether an output depends on a kernel that is used at several places."""
    found = [
        kernel.parameter
        for kernel in kernels(model)
        if kernel.transposed == transposed
        or (kernel.transposed is None and _may_be(kernel, transposed=transposed))
    ]
    # Of one image: in several, weights meet several inputs wherever they are used.
    numbers = output()[0].flatten()
    if not numbers.requires_grad:
        return bool(found)  # Other checks say that nothing can be learned.
    learning = [parameter for parameter in found if parameter.requires_grad]
    if not learning:
        return bool(found)
    # From the middle, where padding has no effect.
    start = max(0, len(numbers) // 2 - NUMBERS // 2)
    gradients = [
        torch.autograd.grad(one, learning, retain_graph=True, allow_unused=True)
        for one in numbers[start : start + NUMBERS]
    ]
    return any(
        _is_shared(torch.stack([g for g in of_one if g is not None]), transposed=transposed)
        for of_one in zip(*gradients, strict=True)
        if any(g is not None for g in of_one)
    )


def _may_be(kernel: Kernel, *, transposed: bool) -> bool:
    """Return whether a kernel that is in no layer may be for a convolution of this kind.

    `F.conv2d` takes (out, in, …), `F.conv_transpose2d` (in, out, …). Decoders have fewer and fewer
    channels.
    """
    return not transposed or kernel.parameter.shape[0] > kernel.parameter.shape[1]


def _is_shared(gradients: Tensor, *, transposed: bool) -> bool:
    """Return whether weights with these gradients are used at several places.

    The gradient of a number in a kernel is a sum over the places where it is used, of products of
    an input and the gradient of an output. If there is only one place, each matrix with the inputs
    along one side and everything else along the other has rank 1.

    Args:
        gradients: Of several numbers in one kernel: (numbers, channels, channels, height, width).
        transposed: Whether the channels are (in, out) and the kernel is laid out on the output.
    """
    if transposed:
        matrices = gradients.permute(2, 1, 0, 3, 4).flatten(2)
    elif gradients[0, 0, 0].numel() == 1:
        matrices = gradients.flatten(0, 1).flatten(1)[None]
    else:
        matrices = gradients.permute(2, 0, 1, 3, 4).flatten(3).flatten(1, 2)
    if not bool(matrices.any()):
        return False
    if min(matrices.shape[1:]) == 1:
        return True  # The input is one channel and one pixel: places cannot be told apart.
    values = torch.linalg.svdvals(matrices[:CHANNELS].double())
    return bool((values[:, 1] > ROUNDING * values[:, 0]).any())
