"""Codes are read off images if and only if the images determine them."""

from __future__ import annotations

import pytest
import torch

from autograder.checks import statistics
from autograder.checks.conv_vae import code_readout, code_statistics


class Plain:
    """A decoder whose images form a curve or a surface that does not intersect itself."""

    def __init__(self, latent_dim: int) -> None:
        generator = torch.Generator().manual_seed(1)
        self.out = torch.randn(latent_dim, 784, generator=generator) / 2

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(z @ self.out).reshape(-1, 1, 28, 28)


class Folded(Plain):
    """A decoder that maps a code and its opposite to the same image."""

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        return super().decode(z.abs())


@pytest.fixture(autouse=True)
def _seeded():
    with torch.random.fork_rng():
        torch.manual_seed(3)
        yield


def test_a_code_is_read_off_a_curve_of_images_in_units_of_its_expected_spread():
    model, eps = Plain(1), torch.randn(500, dtype=torch.float64)
    read = code_readout.of_curve(model, 1.0, 0.2)
    images = model.decode((1 + 0.2 * eps[:, None]).float())
    assert (read(images) - eps).abs().max() < code_readout.EXACT


def test_two_codes_are_read_off_a_surface_of_images():
    model, eps = Plain(2), torch.randn(500, 2)
    centre, scale = torch.tensor([1.0, -0.5]), torch.tensor([0.2, 0.9])
    read = code_readout.of_surface(model, centre, scale)
    assert (read(model.decode(centre + scale * eps)) - eps).abs().max() < code_readout.EXACT_OF_TWO


def test_a_curve_or_surface_that_intersects_itself_has_no_reader():
    assert code_readout.of_curve(Folded(1)) is None
    assert code_readout.of_surface(Folded(2), torch.zeros(2), torch.ones(2)) is None


def test_an_image_off_the_surface_has_no_code():
    read = code_readout.of_surface(Plain(2), torch.zeros(2), torch.ones(2))
    assert read(torch.rand(5, 1, 28, 28)).isnan().all()


def test_images_without_codes_are_a_failure():
    with pytest.raises(AssertionError, match="got others in 100%"):
        code_statistics.expect_standard_in_two(
            torch.full((9, 2), torch.nan), "ConvVAE.sample: z", ""
        )


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda z: 1.25 * z, "standard deviation"),
        (lambda z: z + torch.tensor([0.5, -0.5]), r"z\[:, 0\], mean"),
        (lambda z: z[:, :1].repeat(1, 2), "dependence of z"),
        (lambda z: z.sign() * 0.8 + 0.6 * z.roll(1, 0).sign(), "distance from N"),
    ],
)
def test_two_codes_that_are_not_standard_normal_are_a_failure(spoil, words):
    z = torch.randn(1000, 2, dtype=torch.float64)
    code_statistics.expect_standard_in_two(z, "ConvVAE.sample: z", "")
    with pytest.raises(AssertionError, match=words):
        code_statistics.expect_standard_in_two(spoil(z), "ConvVAE.sample: z", "")


def test_noise_truncated_at_three_and_a_third_is_always_a_failure():
    calls = iter(torch.randn(code_statistics.ALL, 1000, dtype=torch.float64).clamp(-3.33, 3.33))
    with pytest.raises(AssertionError, match="expected some beyond"):
        code_statistics.expect_standard(lambda: next(calls), "ConvVAE.sample: z", "")
    assert 32_000 * statistics.tail_share(statistics.BEYOND, 2) > 23  # e⁻²³ is 1e-10
