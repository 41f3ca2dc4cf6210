"""Repairs of one mistake each in `conv_transpose1d`, so that the rest can still be judged.

They run in the sandbox, after the submission's cells. Students may see them: they add nothing that
the contract does not say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.nn import functional

ConvTranspose1d = Callable[..., Any]


def convolution_with_padding(conv_transpose1d: ConvTranspose1d) -> ConvTranspose1d:
    """Without padding nothing is left: zeros were added to the row, and cut off by padding."""

    def mended(
        x: Tensor, weight: Tensor, stride: int = 1, padding: int = 0, output_padding: int = 0
    ) -> Any:
        # A zero at each end of the row makes the output longer by the stride at each end.
        longer = functional.pad(x, (1, 1))
        return conv_transpose1d(longer, weight, stride, padding + stride, output_padding)

    return mended
