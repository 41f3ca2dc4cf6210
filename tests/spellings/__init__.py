"""Known mistakes in other words: what has the behaviour of a mistake must have its name.

Twenty-five mistakes of the bank, each in two or three further spellings that share no line with it.
"""

from __future__ import annotations

from tests.spellings import models, noise, terms, walks

# question -> mistake -> what a student would have typed into the cell
SPELLINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "reparameterize": noise.SPELLINGS,
    "vae_loss": terms.SPELLINGS,
    "conv_vae": models.SPELLINGS,
    "interpolate": walks.SPELLINGS,
}
