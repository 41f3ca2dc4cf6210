"""Known mistakes, written differently: code with the behaviour of a mistake must get its name.

The commonest mistakes of the answer bank, each in at least three more spellings, as different
people write them. No spelling is in the bank, and no fingerprint is learned from one.
"""

from __future__ import annotations

from tests.spellings import models, modes, noise, paths, rows, terms

# question -> mistake -> contents of the answer cell
SPELLINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "conv_transpose1d": rows.SPELLINGS,
    "reparameterize": noise.SPELLINGS,
    "vae_loss": terms.SPELLINGS,
    "conv_vae": models.SPELLINGS,
    "interpolate": paths.SPELLINGS | modes.SPELLINGS,
}

# Spellings that get no name: no message says what the answer gave, or other methods fail, too.
UNNAMED = {
    ("conv_vae", "encode-returns-std", 0),
    ("conv_vae", "encode-returns-std", 1),
    ("conv_vae", "encode-returns-std", 2),
    ("conv_vae", "encode-returns-z", 0),
    ("conv_vae", "encode-returns-z", 1),
    ("conv_vae", "encode-returns-z", 2),
    ("conv_vae", "forward-returns-logvar-before-mu", 0),
    ("conv_vae", "forward-returns-logvar-before-mu", 1),
    ("conv_vae", "forward-returns-logvar-before-mu", 2),
    ("conv_vae", "softplus-on-logvar", 1),
}
