"""Replacements for wrong answers that later questions need; run in the notebook's namespace.

Students may see them: torch has this in one line.
"""

from torch import Tensor
from torch.distributions import Normal


def reparameterize(mu: Tensor, logvar: Tensor) -> Tensor:
    """Draw z ~ N(mu, diag(exp(logvar))) with gradients to both."""
    z: Tensor = Normal(mu, (0.5 * logvar).exp()).rsample()
    return z
