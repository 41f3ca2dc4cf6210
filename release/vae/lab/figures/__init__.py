"""The figures of both notebooks; every function returns a matplotlib Figure."""

from lab.figures.architectures import autoencoder_diagram, conv_vae_diagram, dense_vae_diagram
from lab.figures.convolution import transposed_convolution, upsampling
from lab.figures.curves import kl_bells, loss_curve, loss_parts
from lab.figures.diagrams import code_and_cloud, loss_diagram, reparameterization_diagram
from lab.figures.digits import digit_grid, interpolation_strip, reconstructions

__all__ = [
    "autoencoder_diagram",
    "code_and_cloud",
    "conv_vae_diagram",
    "dense_vae_diagram",
    "digit_grid",
    "interpolation_strip",
    "kl_bells",
    "loss_curve",
    "loss_diagram",
    "loss_parts",
    "reconstructions",
    "reparameterization_diagram",
    "transposed_convolution",
    "upsampling",
]
