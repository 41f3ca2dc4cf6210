"""softmax_loss: what students can verify by hand."""

from __future__ import annotations

import torch

from checkkit import expect
from checkkit.expect import KnownMistake

LN_4 = 1.3862944
SUMMED = "The loss is the mean over the batch, not the sum."


def check_is_one_number(softmax_loss):
    """The loss is one number, whatever the batch."""
    for batch in (1, 3):
        loss = softmax_loss(torch.zeros(batch, 4), torch.zeros(batch, dtype=torch.long))
        expect.tensor(loss, "softmax_loss", ())


def check_even_scores_cost_ln_of_the_classes(softmax_loss):
    """Where all four classes have one score, the loss is ln 4 = 1.386."""
    loss = softmax_loss(torch.zeros(3, 4), torch.tensor([0, 1, 3]))
    expect.close(
        expect.tensor(loss, "softmax_loss", ()),
        LN_4,
        "softmax_loss of even scores",
        mistakes=[KnownMistake(3 * LN_4, SUMMED, "summed-over-the-batch")],
    )
