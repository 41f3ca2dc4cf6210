"""The optimiser that a check trains a model with, wherever the model is."""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor, nn


class Optimizer(Protocol):
    """Moves a model's weights where they are: here, or in another process."""

    def step(self, loss: Tensor) -> None:
        """Move the weights by the gradient of a loss, a scalar."""

    def weights(self) -> dict[str, Tensor]:
        """Return a copy of the model's `state_dict`, as it is by now."""


def adam(model: Any, lr: float) -> Optimizer:  # noqa: ANN401 - what an answer gave
    """Return Adam for a model; the proxy of a model brings its own, which works beside it."""
    own = getattr(type(model), "remote_adam", None)
    optimizer: Optimizer = own(model, lr) if own else _Adam(model, lr)
    return optimizer


class _Adam:
    """Adam, for a model in this process."""

    def __init__(self, model: nn.Module, lr: float) -> None:
        from torch.optim import Adam  # the first one imports 800 modules

        parameters = list(model.parameters())
        # three times as fast; it knows no complex numbers
        fused = all(parameter.is_floating_point() for parameter in parameters)
        self._model, self._adam = model, Adam(parameters, lr=lr, fused=fused)

    def step(self, loss: Tensor) -> None:
        self._adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._adam.step()

    def weights(self) -> dict[str, Tensor]:
        # with what PyTorch notes beside the weights: the version of each layer's format
        weights: dict[str, Tensor] = self._model.state_dict()
        for name, value in weights.items():
            weights[name] = value.clone()
        return weights
