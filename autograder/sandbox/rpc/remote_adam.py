"""Adam on the other side of the wall, beside the weights that it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from autograder.sandbox.errors import RemoteError

if TYPE_CHECKING:
    from autograder.sandbox.rpc.proxies import RemoteModule


class RemoteAdam:
    """Trains a model on the other side; neither weights nor their gradients cross the wall.

    Only the gradient of what the model gave is computed here, and sent. The model's mirror is
    behind until `weights` is asked for.
    """

    def __init__(self, model: RemoteModule, lr: float) -> None:
        self._model, self._connection = model, model.connection
        changes = [(0, path, content) for path, content in model.changes()]
        self._number = self._connection.ask("optimize", target=model, lr=lr, changes=changes)

    def step(self, loss: Tensor) -> None:
        """Move the weights by the gradient of a loss, a scalar, before they are next asked for."""
        with self._connection.noting_gradients() as noted:
            loss.backward()  # type: ignore[no-untyped-call]
        self._connection.have_done("step", optimizer=self._number, gradients=noted)

    def weights(self) -> dict[str, Tensor]:
        """Bring the mirror up to date, and return a copy of its `state_dict`."""
        answer = self._connection.ask("weights", optimizer=self._number)
        try:
            for path, content in answer:
                self._model.take(path, content, trained=True)
        except Exception as problem:  # whatever the other side has sent in their place
            raise RemoteError("WireError", "what came are no weights", "") from problem
        weights: dict[str, Tensor] = self._model.state_dict()
        for name, value in weights.items():
            weights[name] = value.clone()
        return weights
