"""The points of each visible check, for the block that `check` shows.

Generated from the rubric; do not edit. Checks on further inputs decide the rest of a question's
points.
"""

from __future__ import annotations

from typing import Final

TOTAL: Final[dict[str, float]] = {
    "reparameterize": 20,
    "vae_loss": 25,
    "conv_vae": 35,
    "interpolate": 20,
}

POINTS: Final[dict[str, dict[str, float]]] = {
    "reparameterize": {
        "shape_matches_mu": 0.5,
        "dtype_matches_mu": 0.5,
        "varies_between_calls": 1,
        "is_mu_where_sigma_vanishes": 1,
        "spread_is_sigma": 2,
        "gradient_reaches_mu_and_logvar": 1,
    },
    "vae_loss": {
        "returns_three_scalars": 1,
        "recon_of_grey_is_784_ln_2": 2,
        "kl_of_known_posteriors": 3,
        "total_is_recon_plus_beta_kl": 2,
        "gradient_reaches_recon_and_posterior": 1,
    },
    "conv_vae": {
        "has_both_kinds_of_convolution": 2.5,
        "encode_gives_mu_and_logvar": 1.5,
        "decode_gives_images": 1.5,
        "decode_stays_between_0_and_1": 1.5,
        "forward_gives_recon_mu_logvar": 1,
        "sample_gives_n_images": 1,
        "every_parameter_gets_a_gradient": 1,
        "one_image_works_in_eval_mode": 1,
    },
    "interpolate": {
        "gives_steps_images": 1.5,
        "ends_are_the_two_means": 2,
        "steps_are_equal": 2,
        "two_calls_agree": 1,
        "mode_is_left_as_found": 1,
        "no_gradient_kept": 0.5,
    },
}
