"""Repairs of one mistake each, so that the rest of an answer can still be judged.

They run in the sandbox, after the submission's cells. Students may see them: they add nothing that
the contract does not say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

Loss = Callable[..., Any]
Interpolate = Callable[..., Any]


def loss_summed_over_the_batch(vae_loss: Loss) -> Loss:
    """The loss is averaged over the batch: it was multiplied by the number of images."""

    def mended(recon_x: Tensor, x: Tensor, *more: Any, **options: Any) -> tuple[Tensor, ...]:
        return tuple(len(x) * part for part in vae_loss(recon_x, x, *more, **options))

    return mended


def loss_as_three_scalars(vae_loss: Loss) -> Loss:
    """The loss has another form: it was turned into three scalar tensors."""

    def mended(*inputs: Tensor, beta: float = 1.0) -> tuple[Tensor, ...]:
        value = vae_loss(*inputs, beta=beta)
        parts = [_scalar(part) for part in _parts(value)]
        if len(parts) == 2:
            recon, kl = parts
            return recon + beta * kl, recon, kl
        total, recon, kl = parts[:3]
        return total, recon, kl

    return mended


def _parts(value: Any) -> list[Any]:
    """Return the parts of a loss, by name if they have names."""
    named = value if isinstance(value, Mapping) else getattr(value, "__dict__", {})
    if isinstance(value, (tuple, list)) or not named:
        return list(value)
    found = {}
    for name, part in named.items():
        kind = "kl" if "kl" in name.lower() else "total"
        if any(word in name.lower() for word in ("rec", "bce", "cross")):
            kind = "recon"
        found[kind] = part
    return [found[kind] for kind in ("total", "recon", "kl")]


def _scalar(part: Any) -> Tensor:
    return part.sum() if isinstance(part, Tensor) else torch.as_tensor(part).float().sum()


def loss_of_flat_images(vae_loss: Loss) -> Loss:
    """The loss flattens one of its two images only: both were flattened before."""

    def mended(recon_x: Tensor, x: Tensor, *more: Any, **options: Any) -> Any:
        return vae_loss(recon_x.flatten(1), x.flatten(1), *more, **options)

    return mended


def loss_from_its_total(vae_loss: Loss) -> Loss:
    """Only the total is returned: recon and kl were computed from it with beta = 0 and beta = 1."""

    def total(*inputs: Tensor, beta: float) -> Tensor:
        value = vae_loss(*inputs, beta=beta)
        return _scalar(value[0] if isinstance(value, (tuple, list)) else value)

    def mended(*inputs: Tensor, beta: float = 1.0) -> tuple[Tensor, ...]:
        recon = total(*inputs, beta=0.0)
        return total(*inputs, beta=beta), recon, total(*inputs, beta=1.0) - recon

    return mended


def loss_in_order(vae_loss: Loss) -> Loss:
    """The parts of the loss come in another order: they were told apart by their beta."""

    def mended(*inputs: Tensor, beta: float = 1.0) -> tuple[Tensor, ...]:
        parts = list(vae_loss(*inputs, beta=beta))
        less, more = (
            [float(part) for part in vae_loss(*inputs, beta=value)] for value in (1.0, 3.0)
        )
        growth = [after - before for before, after in zip(less, more, strict=True)]
        place = max(range(len(growth)), key=lambda one: abs(growth[one]))
        total, kl = parts.pop(place), growth[place] / 2
        parts.sort(key=lambda part: abs(float(part) - kl))
        return total, parts[1], parts[0]

    return mended


def loss_with_beta_1_by_default(vae_loss: Loss) -> Loss:
    """The loss has no default of 1 for beta: it was always told its beta."""

    def mended(recon_x: Tensor, x: Tensor, mu: Tensor, logvar: Tensor, beta: float = 1.0) -> Any:
        return vae_loss(recon_x, x, mu, logvar, beta=beta)

    return mended


class _Around(nn.Module):
    """A model around a student's; subclasses change what single methods return."""

    theirs: Callable[..., nn.Module]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__()
        self.model: Any = type(self).theirs(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("model"), name)

    def encode(self, x: Tensor) -> Any:
        return self.model.encode(x)

    def decode(self, z: Tensor) -> Any:
        return self.model.decode(z)

    def forward(self, x: Tensor) -> Any:
        return self.model(x)

    def sample(self, n: int) -> Any:
        return self.model.sample(n)


def vae_with_images_of_28_pixels(ConvVAE: Callable[..., nn.Module]) -> type[nn.Module]:
    """The images have another shape: they were brought to (batch, 1, 28, 28)."""

    class Mended(_Around):
        theirs = ConvVAE

        def decode(self, z: Tensor) -> Tensor:
            return _images(self.model.decode(z))

        def forward(self, x: Tensor) -> tuple[Any, ...]:
            recon, *others = self.model(x)
            return _images(recon), *others

        def sample(self, n: int) -> Tensor:
            return _images(self.model.sample(n))

    return Mended


def _images(value: Tensor) -> Tensor:
    """Return images (batch, 1, 28, 28): reshaped, in grey, and resized."""
    if value.ndim == 2:
        side = round(value.shape[1] ** 0.5)
        value = value.reshape(-1, 1, side, side)
    if value.ndim == 3:
        value = value[:, None]
    if value.shape[1] != 1:
        value = value.mean(1, keepdim=True)
    return value if value.shape[2:] == (28, 28) else functional.interpolate(value, (28, 28))


def vae_with_three_results(ConvVAE: Callable[..., nn.Module]) -> type[nn.Module]:
    """`forward` returns something else: recon was taken from it, mu and logvar from `encode`."""

    class Mended(_Around):
        theirs = ConvVAE

        def forward(self, x: Tensor) -> tuple[Tensor, ...]:
            value = self.model(x)
            parts = value.values() if isinstance(value, Mapping) else value
            several = [parts] if isinstance(parts, Tensor) else list(parts)
            recon = next(part for part in several if part.shape == x.shape)
            mu, logvar = self.model.encode(x)
            return recon, mu, logvar

    return Mended


def vae_with_two_codes(ConvVAE: Callable[..., nn.Module]) -> type[nn.Module]:
    """`encode` returns more than mu and logvar: the first two were taken."""

    class Mended(_Around):
        theirs = ConvVAE

        def encode(self, x: Tensor) -> tuple[Tensor, ...]:
            value = self.model.encode(x)
            mu, logvar, *_ = value.values() if isinstance(value, Mapping) else value
            return mu, logvar

    return Mended


def vae_with_a_sample(ConvVAE: Callable[..., nn.Module]) -> type[nn.Module]:
    """`sample` does not work: images were decoded from N(0, I) in its place."""

    class Mended(_Around):
        theirs = ConvVAE

        def sample(self, n: int) -> Any:
            mu, _ = self.model.encode(torch.zeros(1, 1, 28, 28))
            return self.model.decode(torch.randn(n, mu.shape[1]))

    return Mended


def interpolation_of_images(interpolate: Interpolate) -> Interpolate:
    """The images come in another form: they were put into one tensor (steps, 1, 28, 28)."""

    def mended(model: Any, x1: Tensor, x2: Tensor, steps: int = 10) -> Any:
        value = interpolate(model, x1, x2, steps)
        if isinstance(value, tuple) and len(value) == 2:
            value = value[0]  # codes besides
        if isinstance(value, (list, tuple)):
            value = torch.stack([torch.as_tensor(frame) for frame in value])
        if isinstance(value, np.ndarray):
            value = torch.from_numpy(value)
        if value.shape[-1] == 28 * steps and value.shape[-2] == 28:
            value = torch.stack(value.reshape(28, -1).split(28, dim=1))  # side by side
        return value.reshape(-1, 1, 28, 28)

    return mended


def interpolation_of_as_many_steps(interpolate: Interpolate) -> Interpolate:
    """There are too many images or too few: other steps were asked for, to get as many."""

    def mended(model: Any, x1: Tensor, x2: Tensor, steps: int = 10) -> Any:
        value = interpolate(model, x1, x2, steps)
        if len(value) != steps:
            value = interpolate(model, x1, x2, 2 * steps - len(value))
        return value

    return mended


def interpolation_with_steps_left_out(interpolate: Interpolate) -> Interpolate:
    """The number of images does not depend on `steps`: as many were taken of them as asked for."""

    def mended(model: Any, x1: Tensor, x2: Tensor, steps: int = 10) -> Any:
        value = interpolate(model, x1, x2, steps)
        places = torch.linspace(0, len(value) - 1, steps).round().long()
        return value[places]

    return mended


class _Model:
    """A model that adapts what goes into another one, and what comes out."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def __call__(self, x: Tensor) -> Any:
        return self.model(x)


def interpolation_of_batches(interpolate: Interpolate) -> Interpolate:
    """The model is given images without a batch, or flat ones: they were reshaped."""

    class Reshaping(_Model):
        def encode(self, x: Tensor) -> Any:
            return self.model.encode(x.reshape(-1, 1, 28, 28))

    def mended(model: Any, x1: Tensor, x2: Tensor, steps: int = 10) -> Any:
        return interpolate(Reshaping(model), x1, x2, steps)

    return mended


def interpolation_in_16_dimensions(interpolate: Interpolate) -> Interpolate:
    """16 latent dimensions are written into the code: the model's codes were padded to 16."""

    class Padded(_Model):
        size = 0
        latent_dim = 16

        def encode(self, x: Tensor) -> tuple[Tensor, ...]:
            mu, logvar = self.model.encode(x)
            self.size = mu.shape[1]
            return tuple(functional.pad(code, (0, 16 - self.size)) for code in (mu, logvar))

        def decode(self, z: Tensor) -> Any:
            return self.model.decode(z[:, : self.size])

    def mended(model: Any, x1: Tensor, x2: Tensor, steps: int = 10) -> Any:
        return interpolate(Padded(model), x1, x2, steps)

    return mended
