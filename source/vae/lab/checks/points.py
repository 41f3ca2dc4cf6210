"""The points of each question, for the block that `check` shows.

Generated from the rubric; do not edit.
"""

from __future__ import annotations

from typing import Final

TOTAL: Final[dict[str, float]] = {
    "conv_transpose1d": 20,
    "reparameterize": 20,
    "vae_loss": 25,
    "conv_vae": 35,
    "interpolate": 20,
}
