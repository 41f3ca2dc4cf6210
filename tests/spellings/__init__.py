"""Known mistakes, written differently: code with the behaviour of a mistake must get its name.

Twenty-five mistakes of the answer bank, each in two or three more spellings that share no line with
the bank's.
"""

from __future__ import annotations

from tests.spellings import models, noise, paths, terms

# question -> mistake -> contents of the answer cell
SPELLINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "reparameterize": noise.SPELLINGS,
    "vae_loss": terms.SPELLINGS,
    "conv_vae": models.SPELLINGS,
    "interpolate": paths.SPELLINGS,
}
