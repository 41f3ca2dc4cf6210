"""Call the methods of a ConvVAE and check the form of what they return.

Models get copies: one that changes its input in place must not change what a check compares with.
"""

# ruff: noqa: D102 - the protocol below repeats the signatures of nn.Module and of the contract

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from torch import Tensor, nn

from checkkit import expect
from checkkit.expect import Hint


class Model(Protocol):
    """What checks use of a model. Return types are `object` until they are checked."""

    training: bool

    def __call__(self, x: Tensor) -> object: ...
    def encode(self, x: Tensor) -> object: ...
    def decode(self, z: Tensor) -> object: ...
    def sample(self, n: int) -> object: ...
    def eval(self) -> Model: ...
    def train(self, mode: bool = True) -> Model: ...  # noqa: FBT001, FBT002 - nn.Module's
    def modules(self) -> Iterator[nn.Module]: ...
    def parameters(self) -> Iterator[nn.Parameter]: ...
    def named_parameters(self) -> Iterator[tuple[str, nn.Parameter]]: ...
    def state_dict(self) -> dict[str, Tensor]: ...
    def load_state_dict(self, state_dict: dict[str, Tensor]) -> object: ...


VAE = Callable[..., Model]
"""The class ConvVAE or its proxy: returns a model for a latent_dim."""

DRAW_IT = "figures.decoder_sizes(ConvVAE()) draws how your layers come to {size} pixels"
PADDED = Hint("7 → 13 → 25: each ConvTranspose2d lacks output_padding=1")


def encoded(model: Model, x: Tensor, latent_dim: int) -> tuple[Tensor, Tensor]:
    """Return (mu, logvar) of `encode`, each (batch, latent_dim)."""
    parts = expect.several(model.encode(x.clone()), "ConvVAE.encode", ("mu", "logvar"))
    return _code(parts[0], "encode: mu", x, latent_dim), _code(
        parts[1], "encode: logvar", x, latent_dim
    )


def decoded(model: Model, z: Tensor) -> Tensor:
    """Return the images of `decode`, (batch, 1, 28, 28)."""
    return _images(model.decode(z.clone()), "decode", len(z), {"z of shape": tuple(z.shape)})


def forwarded(model: Model, x: Tensor, latent_dim: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return (recon_x, mu, logvar) of `forward`."""
    parts = expect.several(model(x.clone()), "ConvVAE.forward", ("recon_x", "mu", "logvar"))
    recon_x = _images(parts[0], "forward: recon_x", len(x), {"x of shape": tuple(x.shape)})
    mu = _code(parts[1], "forward: mu", x, latent_dim)
    return recon_x, mu, _code(parts[2], "forward: logvar", x, latent_dim)


def sampled(model: Model, n: int) -> Tensor:
    """Return the n images of `sample`."""
    return _images(model.sample(n), "sample", n, {"n": n})


def within_0_and_1(images: Tensor, name: str) -> None:
    """Fail if a pixel is outside [0, 1]."""
    least, most = images.min().item(), images.max().item()
    message = f"ConvVAE.{name}: expected pixels in [0, 1], got {least:.3g} to {most:.3g}"
    expect.that(least >= 0 and most <= 1, message)


def _code(value: object, name: str, x: Tensor, latent_dim: int) -> Tensor:
    given = {"x of shape": tuple(x.shape), "latent_dim": latent_dim}
    return expect.tensor(value, f"ConvVAE.{name}", (len(x), latent_dim), given=given)


def _images(value: object, name: str, n: int, given: dict[str, object]) -> Tensor:
    def unpadded(shape: tuple[int, ...]) -> Hint | None:
        if shape[-2:] == (25, 25):
            return PADDED
        square = len(shape) == 4 and shape[-2] == shape[-1] != 28
        return Hint(DRAW_IT.format(size=shape[-1])) if square else None

    return expect.tensor(value, f"ConvVAE.{name}", (n, 1, 28, 28), given=given, hint=unpadded)
