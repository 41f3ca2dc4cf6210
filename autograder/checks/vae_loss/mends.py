"""Repairs of one mistake each in `vae_loss`, so that the rest can still be judged.

They run in the sandbox, after the submission's cells. Students may see them: they add nothing that
the contract does not say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

Loss = Callable[..., Any]


def loss_summed_over_the_batch(vae_loss: Loss) -> Loss:
    """The loss is averaged over the batch: it was multiplied by the number of images."""

    def mended(recon_x: Tensor, x: Tensor, *more: Any, **options: Any) -> tuple[Tensor, ...]:
        return tuple(len(x) * part for part in vae_loss(recon_x, x, *more, **options))

    return mended


def loss_as_three_scalars(vae_loss: Loss) -> Loss:
    """The loss has another form: it was turned into three scalar tensors."""

    def mended(*inputs: Tensor, beta: float = 1.0) -> tuple[Tensor, ...]:
        value = vae_loss(*inputs, beta=beta)
        parts = [_scalar(part) for part in _parts(value)]
        if len(parts) == 2:
            recon, kl = parts
            return recon + beta * kl, recon, kl
        total, recon, kl = parts[:3]
        return total, recon, kl

    return mended


def _parts(value: Any) -> list[Any]:
    """Return the parts of a loss, by name if they have names."""
    named = value if isinstance(value, Mapping) else getattr(value, "__dict__", {})
    if isinstance(value, (tuple, list)) or not named:
        return list(value)
    found = {}
    for name, part in named.items():
        kind = "kl" if "kl" in name.lower() else "total"
        if any(word in name.lower() for word in ("rec", "bce", "cross")):
            kind = "recon"
        found[kind] = part
    return [found[kind] for kind in ("total", "recon", "kl")]


def _scalar(part: Any) -> Tensor:
    return part.sum() if isinstance(part, Tensor) else torch.as_tensor(part).float().sum()


def loss_of_flat_images(vae_loss: Loss) -> Loss:
    """The loss flattens one of its two images only: both were flattened before."""

    def mended(recon_x: Tensor, x: Tensor, *more: Any, **options: Any) -> Any:
        return vae_loss(recon_x.flatten(1), x.flatten(1), *more, **options)

    return mended


def loss_from_its_total(vae_loss: Loss) -> Loss:
    """Only the total is returned: recon and kl were computed from it with beta = 0 and beta = 1."""

    def total(*inputs: Tensor, beta: float) -> Tensor:
        value = vae_loss(*inputs, beta=beta)
        return _scalar(value[0] if isinstance(value, (tuple, list)) else value)

    def mended(*inputs: Tensor, beta: float = 1.0) -> tuple[Tensor, ...]:
        recon = total(*inputs, beta=0.0)
        return total(*inputs, beta=beta), recon, total(*inputs, beta=1.0) - recon

    return mended


def loss_in_order(vae_loss: Loss) -> Loss:
    """The parts of the loss come in another order: they were told apart by their beta."""

    def mended(*inputs: Tensor, beta: float = 1.0) -> tuple[Tensor, ...]:
        parts = list(vae_loss(*inputs, beta=beta))
        less, more = (
            [float(part) for part in vae_loss(*inputs, beta=value)] for value in (1.0, 3.0)
        )
        growth = [after - before for before, after in zip(less, more, strict=True)]
        place = max(range(len(growth)), key=lambda one: abs(growth[one]))
        total, kl = parts.pop(place), growth[place] / 2
        parts.sort(key=lambda part: abs(float(part) - kl))
        return total, parts[1], parts[0]

    return mended


def loss_with_beta_1_by_default(vae_loss: Loss) -> Loss:
    """The loss has no default of 1 for beta: it was always told its beta."""

    def mended(recon_x: Tensor, x: Tensor, mu: Tensor, logvar: Tensor, beta: float = 1.0) -> Any:
        return vae_loss(recon_x, x, mu, logvar, beta=beta)

    return mended


def loss_of_one_batch_size(vae_loss: Loss) -> Loss:
    """One batch size is written into the code: sums over batches of that size were added up."""
    size = next(size for size in range(2, 1025) if _takes(vae_loss, size))

    def mended(
        recon_x: Tensor, x: Tensor, mu: Tensor, logvar: Tensor, beta: float = 1.0
    ) -> tuple[Tensor, ...]:
        # Black images and codes of 0 add nothing to the sums. The logarithm of 0 is not finite.
        filled = [_filled(recon_x, size, 1e-12)]
        filled += [_filled(one, size, 0.0) for one in (x, mu, logvar)]
        parts = [vae_loss(*batch, beta=beta) for batch in zip(*filled, strict=True)]
        total, recon, kl = (sum(values) for values in zip(*parts, strict=True))
        return total, recon, kl

    return mended


def _takes(vae_loss: Loss, size: int) -> bool:
    grey, code = torch.full((size, 1, 28, 28), 0.5), torch.zeros(size, 3)
    try:
        vae_loss(grey, grey, code, code)
    except (RuntimeError, ValueError):  # of torch and of NumPy, about shapes
        return False
    return True


def _filled(rows: Tensor, size: int, value: float) -> tuple[Tensor, ...]:
    """Return rows in batches of a size; the last one is filled up with a value."""
    rest = rows.new_full((-len(rows) % size, *rows.shape[1:]), value)
    return torch.split(torch.cat([rows, rest]), size)
