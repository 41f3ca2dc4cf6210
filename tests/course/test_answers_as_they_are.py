"""Answers are judged by what they compute: layers, what codes carry, inputs, settings, state."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from lab.checks import VISIBLE_CHECKS
from lab.checks.kernels import kernels
from torch import nn

from autograder.checks.conv_vae import layer_probes, training_loop
from checkkit.expect import Failure
from checkkit.runner import run_checks
from tests.course.test_checks import QUESTIONS, names_of, read_entry
from tests.course.test_checks import ROOT as COURSE

ANSWER = read_entry(COURSE / "solutions" / "conv_vae.py")


def results(question, answer, *select):
    found = run_checks(
        QUESTIONS[question].check_files, {QUESTIONS[question].answer: answer}, select=select
    )
    return {one.id: one.outcome for one in found}


class LinearConv(nn.Linear):
    """What a notebook may put in place of nn.Conv2d: a linear layer with the same arguments."""

    def __init__(self, channels, out, *_kernel_size, **_options):
        super().__init__(channels * 28 * 28, out)

    def forward(self, x):
        return super().forward(x.flatten(1))[:, :, None, None]


class DenseInKernelShape(nn.Conv2d):
    """A subclass of Conv2d that multiplies by its weights once."""

    def __init__(self):
        super().__init__(4, 8, 14)

    def forward(self, x):
        pooled = x.unfold(2, 14, 14).unfold(3, 14, 14).reshape(len(x), 4, 14, 14)
        return torch.einsum("nihw,oihw->no", pooled, self.weight)


class LocallyConnected(nn.Conv2d):
    """A subclass of Conv2d with different weights at each place."""

    def __init__(self):
        super().__init__(100, 8, 4)  # places in the place of channels

    def forward(self, x):
        patches = x.unfold(2, 4, 2).unfold(3, 4, 2)[:, 0, :10, :10].reshape(len(x), 100, 4, 4)
        return torch.einsum("nphw,ophw->nop", patches, self.weight).relu().flatten(1)


def with_encoder(layer, features):
    """Return a ConvVAE whose encoder is this layer and two heads."""
    right = names_of(ANSWER)["ConvVAE"]

    class ConvVAE(right):
        def __init__(self, latent_dim=16):
            super().__init__(latent_dim)
            self.encoder = nn.Sequential(layer(), nn.ReLU(), nn.Flatten())
            self.to_mu, self.to_logvar = (nn.Linear(features, latent_dim) for _ in range(2))

    return ConvVAE


@pytest.mark.parametrize(
    ("layer", "features"),
    [
        (lambda: nn.Conv2d(1, 8, 28), 8),
        (DenseInKernelShape, 8),
        (LocallyConnected, 800),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 8)), 8),
        (lambda: nn.Sequential(nn.Flatten(2), nn.Conv1d(1, 4, 5)), 4 * 780),
        (lambda: nn.Sequential(nn.Flatten(1, 2), nn.Linear(28, 4)), 112),
    ],
    ids=["whole image", "dense in kernel shape", "locally connected", "linear", "1d", "by rows"],
)
def test_a_layer_that_does_not_convolve_is_no_convolution(layer, features):
    with pytest.raises(Failure, match=r"expected encode to work by nn\.Conv2d, got none"):
        layer_probes.expect_convolutions(with_encoder(layer, features), "encode", "Conv2d")


@pytest.mark.parametrize(
    ("layer", "features"),
    [
        (lambda: nn.Conv2d(1, 2, 2), 2 * 27 * 27),
        (lambda: nn.Conv2d(1, 4, (1, 5), stride=3), 4 * 10 * 8),
        (lambda: nn.Conv2d(1, 4, 13, padding=6, dilation=1), 4 * 784),
        (lambda: nn.Sequential(nn.Conv2d(1, 4, 1), nn.Conv2d(4, 4, 3, groups=4)), 4 * 26 * 26),
        (lambda: nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1)), 4),
        (lambda: nn.Sequential(nn.Conv2d(1, 4, 3), nn.InstanceNorm2d(4)), 4 * 26 * 26),
    ],
    ids=["2 × 2", "1 × 5", "13 × 13", "depthwise", "averaged globally", "normalised"],
)
def test_every_convolution_is_one(layer, features):
    layer_probes.expect_convolutions(with_encoder(layer, features), "encode", "Conv2d")


def test_a_replaced_conv2d_is_no_convolution(monkeypatch):
    monkeypatch.setattr(nn, "Conv2d", LinearConv)
    model = with_encoder(lambda: nn.Conv2d(1, 8, 3), 8)
    found = run_checks(
        [VISIBLE_CHECKS.folder / "check_conv_vae.py"],
        {"ConvVAE": model},
        select=["has_both_kinds_of_convolution"],
    )
    assert [one.outcome for one in found] == ["failed"]
    assert all(kernel.transposed for kernel in kernels(model()))


@pytest.mark.parametrize("logvar", [-20.0, -30.0, -200.0])
def test_a_code_without_noise_costs_more_than_the_bound(logvar):
    mu = torch.linspace(-8, 8, 16)[None]
    carried = training_loop.divergence(mu, torch.full_like(mu, logvar)).item()
    assert not training_loop.Nats(100.0, carried).passes


def moved_by_numpy(x):
    np.negative(x.detach().numpy(), out=x.detach().numpy())


def moved_by_data(x):
    x.data.neg_()


def moved_by_set(x):
    with torch.no_grad():
        x.set_(-x)


@pytest.mark.parametrize("move", [moved_by_data, moved_by_numpy, moved_by_set])
def test_no_check_compares_with_an_input_that_the_answer_moved(move):
    right = names_of(ANSWER)["ConvVAE"]

    class ConvVAE(right):
        def forward(self, x):
            mu, logvar = self.encode(-x)
            recon_x = self.decode(mu + torch.exp(0.5 * logvar) * torch.randn_like(mu))
            move(x)
            return recon_x, mu, logvar

    assert results("conv_vae", ConvVAE, "forward_agrees_with_encode", "inputs_are_unchanged") == {
        "forward_agrees_with_encode": "failed",
        "inputs_are_unchanged": "failed",
    }


def test_a_loss_that_moves_its_inputs_is_compared_with_what_they_were():
    right = names_of(read_entry(COURSE / "solutions" / "vae_loss.py"))["vae_loss"]

    def vae_loss(recon_x, x, mu, logvar, beta=1.0):
        moved_by_data(mu)
        recon_x.data.clamp_(0.45, 0.55)
        return right(recon_x, x, mu, logvar, beta)

    found = results("vae_loss", vae_loss, "any_size_and_far_codes", "recon_matches_bce")
    assert set(found.values()) == {"failed"}


def test_no_setting_of_torch_outlives_a_check():
    right = names_of(read_entry(COURSE / "solutions" / "reparameterize.py"))["reparameterize"]

    found = []

    def reparameterize(mu, logvar):
        found.append((torch.is_grad_enabled(), torch.get_default_dtype()))
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)
        return right(mu, logvar)

    results("reparameterize", reparameterize, "any_size_works", "gradient_reaches_mu_and_logvar")
    assert found.count((True, torch.float32)) == 2  # the first call of each check
    assert torch.is_grad_enabled()
    assert torch.get_default_dtype() == torch.float32


def test_settings_of_the_notebook_do_not_decide():
    right = names_of(read_entry(COURSE / "solutions" / "reparameterize.py"))["reparameterize"]
    torch.set_grad_enabled(False)
    try:
        found = results("reparameterize", right, "gradient_reaches_mu_and_logvar")
        assert not torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
    assert found == {"gradient_reaches_mu_and_logvar": "passed"}
