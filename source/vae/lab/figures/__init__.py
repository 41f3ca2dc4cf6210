"""The figures of both notebooks; each function returns a matplotlib Figure."""

from lab.figures.architectures import autoencoder_diagram, conv_vae_diagram, dense_vae_diagram
from lab.figures.bells import kl_bells
from lab.figures.convolution import transposed_convolution
from lab.figures.coverage import checkerboard, decoder_coverage
from lab.figures.curves import loss_curve, loss_parts
from lab.figures.diagrams import loss_diagram, points_and_posteriors, reparameterization_diagram
from lab.figures.digits import digit_grid, interpolation_strip, reconstructions, rows_of_digits
from lab.figures.latent import manifold, samples_of_one_picture, traversal
from lab.figures.linear_maps import convolution_matrices
from lab.figures.maps import collapse, latent_map
from lab.figures.stamping import decoder_sizes, layer_sizes, stamp_by_stamp

__all__ = [
    "autoencoder_diagram",
    "checkerboard",
    "collapse",
    "conv_vae_diagram",
    "convolution_matrices",
    "decoder_coverage",
    "decoder_sizes",
    "dense_vae_diagram",
    "digit_grid",
    "interpolation_strip",
    "kl_bells",
    "latent_map",
    "layer_sizes",
    "loss_curve",
    "loss_diagram",
    "loss_parts",
    "manifold",
    "points_and_posteriors",
    "reconstructions",
    "reparameterization_diagram",
    "rows_of_digits",
    "samples_of_one_picture",
    "stamp_by_stamp",
    "transposed_convolution",
    "traversal",
]
