"""The optimizer that a check trains a model with, wherever the model is."""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor, nn

__all__ = ["Optimizer", "adam"]


class Optimizer(Protocol):
    """Updates a model's weights in the process that the model is in."""

    def step(self, loss: Tensor) -> None:
        """Update the weights by the gradient of a loss, a scalar."""


def adam(model: Any, lr: float) -> Optimizer:  # noqa: ANN401 - an answer's model can be anything
    """Return Adam for a model.

    The proxy of a model in another process brings its own Adam, which runs in that process.
    """
    remote = getattr(type(model), "remote_adam", None)
    optimizer: Optimizer = remote(model, lr) if remote else _Adam(model, lr)
    return optimizer


class _Adam:
    """Adam, for a model in this process."""

    def __init__(self, model: nn.Module, lr: float) -> None:
        from torch.optim import Adam  # Lazy: the first import loads 800 modules.

        parameters = list(model.parameters())
        # Fused is three times as fast; it does not support complex parameters.
        fused = all(parameter.is_floating_point() for parameter in parameters)
        self._adam = Adam(parameters, lr=lr, fused=fused)

    def step(self, loss: Tensor) -> None:
        self._adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._adam.step()
