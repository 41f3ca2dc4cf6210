"""What takes the place of a wrong answer where a later question needs it."""

from torch import Tensor
from torch.nn import functional as F


def softmax_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean cross-entropy."""
    return F.cross_entropy(logits, targets)
