"""ConvVAE: layers, shapes, value ranges, and that every parameter can learn."""

from __future__ import annotations

import torch
from torch import nn

from checkkit import expect
from checkkit.expect import Hint
from checkkit.wording import plain
from lab.checks.kernels import kernels
from lab.checks.vae import VAE, decoded, encoded, forwarded, sampled, within_0_and_1

IN_A_LIST = Hint("PyTorch does not see layers in a plain list: use nn.Sequential or nn.ModuleList")
NOT_LOCAL = Hint(
    "a convolution has small kernels, (channels, channels, height, width), that it uses everywhere"
)
UNUSED = Hint("nothing that forward returns depends on it: is it used, and not cut off by no_grad?")


def check_has_both_kinds_of_convolution(ConvVAE: VAE) -> None:
    """There is a Conv2d to encode and a ConvTranspose2d to decode.

    Catches models of linear layers only, upsampling instead, and layers kept where PyTorch cannot
    see them. A layer counts if its weights have the shape of kernels, whatever it is called; so do
    kernels for `F.conv2d` and `F.conv_transpose2d`.
    """
    model = ConvVAE(latent_dim=4)
    found = {kernel.transposed for kernel in kernels(model)}
    for kind in (nn.Conv2d, nn.ConvTranspose2d):
        message = f"ConvVAE: expected a layer nn.{kind.__name__}, found none among its modules"
        called = any(isinstance(layer, kind) for layer in model.modules())
        hint = IN_A_LIST if _keeps_layers_in_a_list(model) else NOT_LOCAL if called else None
        expect.that(None in found or (kind is nn.ConvTranspose2d) in found, message, hint)


def _keeps_layers_in_a_list(model: object) -> bool:
    """Return whether an attribute is a plain list, tuple or dict that contains layers."""
    kept = [value for value in vars(model).values() if isinstance(value, list | tuple | dict)]
    inside = [list(v.values()) if isinstance(v, dict) else list(v) for v in kept]
    # nn.Module keeps its own layers in the dict _modules.
    own = list(vars(model).get("_modules", {}).values())
    return any(isinstance(layer, nn.Module) and layer not in own for v in inside for layer in v)


def check_encode_gives_mu_and_logvar(ConvVAE: VAE) -> None:
    """`encode` gives mu and logvar, each of shape (batch, latent_dim).

    Catches codes of another size, and an ignored latent_dim.
    """
    for batch, latent_dim in ((3, 5), (2, 16)):
        encoded(ConvVAE(latent_dim=latent_dim), torch.rand(batch, 1, 28, 28), latent_dim)


def check_decode_gives_images(ConvVAE: VAE) -> None:
    """`decode` gives images of shape (batch, 1, 28, 28).

    Catches 25 × 25 pixels, flat images, and a batch size written into the code.
    """
    for batch, latent_dim in ((3, 5), (2, 16)):
        decoded(ConvVAE(latent_dim=latent_dim), torch.randn(batch, latent_dim))


def check_decode_stays_between_0_and_1(ConvVAE: VAE) -> None:
    """The pixels of `decode` are probabilities, in [0, 1].

    Catches a missing sigmoid, and ReLU or tanh in its place.
    """
    for scale in (1.0, 30.0):
        images = decoded(ConvVAE(latent_dim=5), scale * torch.randn(64, 5))
        within_0_and_1(images, "decode")


def check_forward_gives_recon_mu_logvar(ConvVAE: VAE) -> None:
    """`forward` gives recon_x, mu and logvar, in this order.

    Catches another order, and missing values.
    """
    forwarded(ConvVAE(latent_dim=5), torch.rand(3, 1, 28, 28), 5)


def check_sample_gives_n_images(ConvVAE: VAE) -> None:
    """`sample(n)` gives n images of shape (1, 28, 28).

    Catches a number of images, or a latent_dim, written into the code.
    """
    for latent_dim, n in ((5, 7), (3, 1)):
        sampled(ConvVAE(latent_dim=latent_dim).eval(), n)


def check_every_parameter_gets_a_gradient(ConvVAE: VAE) -> None:
    """What `forward` gives depends on every parameter, so that all of them can learn.

    Catches unused layers, a part under `no_grad`, and one head for both outputs.
    """
    model = ConvVAE(latent_dim=5)
    outputs = forwarded(model, torch.rand(3, 1, 28, 28), 5)
    total = torch.stack([output.sum() for output in outputs]).sum()
    expect.that(total.requires_grad, "ConvVAE.forward: expected a gradient, got none")
    total.backward()  # type: ignore[no-untyped-call]
    for name, parameter in model.named_parameters():
        message = f"ConvVAE: expected a gradient in {plain(name)}, got none"
        expect.that(parameter.grad is not None, message, UNUSED)


def check_one_image_works_in_eval_mode(ConvVAE: VAE) -> None:
    """A batch of one image works, in eval mode.

    Catches a `squeeze` that removes the batch dimension.
    """
    model = ConvVAE(latent_dim=5).eval()
    forwarded(model, torch.rand(1, 1, 28, 28), 5)
    decoded(model, torch.randn(1, 5))
