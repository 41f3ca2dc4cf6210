"""The contract of the answers, clause by clause, and the checks that test each clause.

No check uses this file; `python -m benchmarks.checks.page` makes docs/checks.md from it.
"""

from __future__ import annotations

Clauses = dict[str, tuple[str, ...]]

CLAUSES: dict[str, Clauses] = {
    "conv_transpose1d": {
        "(batch, out_channels, size), with the size of the formula": (
            "size_follows_the_formula",
            "any_settings_give_the_right_size",
        ),
        "kernels of neighbouring numbers are stride apart, and add up": (
            "kernels_add_up",
            "any_kernels_add_up",
        ),
        "weight[i, o] is the kernel from input channel i to output channel o": (
            "channels_have_kernels_of_their_own",
            "any_batch_and_channels",
        ),
        "padding is cut off each end": (
            "padding_cuts_both_ends",
            "any_ends_are_cut_and_added",
        ),
        "output_padding is added at the right end before that cut": (
            "output_padding_adds_at_the_right_end",
            "any_ends_are_cut_and_added",
        ),
        "it may be as large as the stride, or larger; no call of PyTorch's own": (
            "output_padding_may_be_large",
            "any_settings_give_the_right_size",
            "any_kernels_add_up",
        ),
        "the dtype of x": ("dtype_is_kept",),
        "gradients reach x and weight": ("gradient_reaches_x_and_weight", "gradients_are_right"),
        "inputs unchanged": ("inputs_are_unchanged",),
    },
    "reparameterize": {
        "z has the shape of mu, for any batch size ≥ 1 and any latent_dim": (
            "shape_matches_mu",
            "any_size_works",
        ),
        "z has the dtype of mu, any floating one": ("dtype_matches_mu", "half_precision_stays"),
        "z = mu + σ·eps: the mean is mu": ("noise_has_mean_zero", "is_mu_where_sigma_vanishes"),
        "σ = exp(logvar / 2)": (
            "spread_is_sigma",
            "variance_is_exp_logvar",
            "is_mu_where_sigma_vanishes",
            "gradient_of_logvar_is_half_z_minus_mu",
        ),
        "eps ~ N(0, 1)": ("noise_has_a_normal_shape", "noise_is_normal", "tails_are_normal"),
        "drawn afresh for every element": ("rows_are_independent", "columns_are_independent"),
        "drawn afresh at every call": ("varies_between_calls", "calls_are_independent"),
        "in train and eval mode alike": ("noise_needs_no_gradient",),
        "differentiable in mu and logvar": (
            "gradient_reaches_mu_and_logvar",
            "gradient_of_mu_is_one",
            "gradient_of_logvar_is_half_z_minus_mu",
        ),
        "inputs unchanged": ("inputs_are_unchanged",),
    },
    "vae_loss": {
        "(total, recon, kl), three scalar tensors": ("returns_three_scalars",),
        "recon: binary cross-entropy, in nats, summed over pixels and batch": (
            "recon_of_grey_is_784_ln_2",
            "recon_matches_bce",
            "batch_is_summed",
        ),
        "images (batch, 1, 28, 28) or (batch, 784)": ("both_image_shapes_agree",),
        "kl: KL(N(mu, diag σ²) ‖ N(0, I)), in nats, summed, ≥ 0": (
            "kl_of_known_posteriors",
            "kl_matches_torch_distributions",
            "batch_is_summed",
            "any_size_and_far_codes",
        ),
        "total = recon + beta · kl": ("total_is_recon_plus_beta_kl", "beta_weighs_only_the_kl"),
        "differentiable in all four": (
            "gradient_reaches_recon_and_posterior",
            "gradcheck_passes",
        ),
        "inputs unchanged": ("inputs_are_unchanged",),
    },
    "conv_vae": {
        "`__init__(latent_dim=16)`": ("latent_dim_is_16_by_default",),
        "Conv2d in the encoder, ConvTranspose2d in the decoder": (
            "has_both_kinds_of_convolution",
            "encode_works_by_convolutions",
            "decode_works_by_transposed_convolutions",
        ),
        "encode(x) → (mu, logvar), each (batch, latent_dim)": (
            "encode_gives_mu_and_logvar",
            "encode_depends_on_the_image",
            "mu_and_logvar_differ",
            "latent_dimensions_differ",
        ),
        "both signs possible": ("mu_takes_both_signs", "logvar_takes_both_signs"),
        "decode(z) → (batch, 1, 28, 28)": ("decode_gives_images", "every_latent_moves_the_image"),
        "in [0, 1]": ("decode_stays_between_0_and_1", "large_z_stays_between_0_and_1"),
        "forward(x) → (recon_x, mu, logvar)": (
            "forward_gives_recon_mu_logvar",
            "forward_agrees_with_encode",
        ),
        "z sampled with reparameterize": (
            "forward_draws_z",
            "forward_decodes_mu_plus_sigma_eps",
            "reconstruction_reaches_every_parameter",
        ),
        "sample(n) → (n, 1, 28, 28) from the prior": (
            "sample_gives_n_images",
            "sample_decodes_the_prior",
            "samples_differ",
        ),
        "every batch size ≥ 1, every latent_dim ≥ 1": (
            "one_image_works_in_eval_mode",
            "any_batch_and_latent_size",
        ),
        "a model that learns: an nn.Module, and each image on its own": (
            "every_parameter_gets_a_gradient",
            "weights_are_the_whole_model",
            "images_do_not_mix",
            "decode_is_a_function",
            "learns_to_reconstruct",
        ),
        "inputs unchanged": ("inputs_are_unchanged",),
    },
    "interpolate": {
        "(steps, 1, 28, 28), steps ≥ 2, 10 by default": (
            "gives_steps_images",
            "any_number_of_steps",
        ),
        "both ends included, the means of x1 and of x2": (
            "ends_are_the_two_means",
            "starts_at_x1_and_ends_at_x2",
        ),
        "equally spaced points on the straight line, decoded": (
            "steps_are_equal",
            "codes_are_equally_spaced",
            "every_image_is_decoded",
            "decodes_the_straight_line",
        ),
        "deterministic": ("two_calls_agree", "chance_plays_no_part"),
        "eval mode": ("eval_mode_is_used",),
        "no gradient": ("no_gradient_kept", "no_gradient_leads_back"),
        "the model’s mode is left as it was found": (
            "mode_is_left_as_found",
            "mode_is_restored_throughout",
        ),
        "inputs unchanged": ("inputs_are_unchanged",),
    },
}
