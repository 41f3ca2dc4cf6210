"""What takes the place of a wrong answer where a later question needs it; run in its namespace.

No secret: the library has it in one line.
"""

from torch import Tensor
from torch.distributions import Normal


def reparameterize(mu: Tensor, logvar: Tensor) -> Tensor:
    """Draw z ~ N(mu, diag(exp(logvar))) with gradients to both."""
    z: Tensor = Normal(mu, (0.5 * logvar).exp()).rsample()
    return z
