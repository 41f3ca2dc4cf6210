"""A worker: a forked process that holds one submission and answers the grader for it."""

from __future__ import annotations

import json
import random
import sys
import types
from typing import Any

import numpy as np
import torch

from autograder.sandbox.errors import Gone
from autograder.sandbox.rpc.channel import Channel
from autograder.sandbox.rpc.connection import Connection
from autograder.sandbox.rpc.framing import ProtocolError
from autograder.sandbox.worker import cell_runner
from autograder.sandbox.worker.settings import Settings

_SEED = 20131220  # the day of the paper on VAEs; any number would do
# Numbers between the starts of two streams. A model may draw more, but its layers do not line up.
_APART = 4099


class Worker:
    """A submission's cells and namespace, and what the grader may ask of them.

    Attributes:
        namespace: The notebook's global names.
        cells: The cells that `prepare` loaded.
    """

    def __init__(self) -> None:
        # Dataclasses and type hints look up their module by name, so the notebook must be one.
        notebook = types.ModuleType("__main__")
        sys.modules["__main__"] = notebook
        self.namespace: dict[str, Any] = vars(notebook)
        self.cells: list[cell_runner.LoadedCell] = []
        self._settings: Settings | None = None

    def serve(self, channel: Channel) -> None:
        """Answer the grader until it closes the connection."""
        handlers = {
            name: getattr(self, name)
            for name in ("prepare", "run", "run_part", "finish", "restore", "seed")
        }
        connection = Connection(channel, trusting=True, handlers=handlers, names=self.answer)
        try:
            connection.serve()
        except (Gone, ProtocolError):
            return  # the grader is gone, or the submission has written into our socket

    def prepare(self, sources: torch.Tensor, answers: list[str]) -> list[list[list[int]]]:
        """Parse the notebook's cells without running any; return the parts of each cell.

        Args:
            sources: The bytes of a JSON list of cells; a cell may be longer than a string may be.
            answers: The names that the notebook is to define.
        """
        self.cells = cell_runner.prepare(json.loads(sources.numpy().tobytes()), answers)
        return [cell.described_parts() for cell in self.cells]

    def run(self) -> None:
        """Run all cells."""
        for cell in self.cells:
            cell_runner.run(cell, self.namespace)

    def run_part(self, cell: int, part: int) -> dict[str, str]:
        """Run a part of a cell; return how the cell has gone so far."""
        chosen = self.cells[cell]
        cell_runner.run_part(chosen, part, self.namespace)
        return {"status": chosen.status, "message": chosen.message}

    def finish(self, stand_ins: dict[str, str], wanted: list[str]) -> dict[str, str]:
        """Run the sources of the stand-ins; return the types of those wanted names that exist."""
        self._settings = Settings()
        for source in stand_ins.values():
            # The instructor's own code.
            exec(compile(source, "<stand-in>", "exec"), self.namespace)  # noqa: S102
        return {
            name: type(self.namespace[name]).__name__ for name in wanted if name in self.namespace
        }

    def restore(self) -> None:
        """Restore what answers have changed in the settings of this process since `finish`."""
        if self._settings is not None:
            self._settings.restore()

    def seed(self, stream: int, chance: int) -> None:
        """Seed the generators that answers draw from; streams with other numbers do not overlap.

        The seed is the same for all checks: `torch.initial_seed()` must not tell an answer which
        check is running. Another `chance` gives other streams.
        """
        seed = _SEED + chance
        torch.manual_seed(seed)
        np.random.seed(seed)  # noqa: NPY002 - students draw from the global generator
        random.seed(seed)
        torch.rand(stream * _APART)
        np.random.rand(stream * _APART)  # noqa: NPY002 - likewise
        for _ in range(stream * _APART):
            random.random()  # noqa: S311 - likewise

    def answer(self, name: str) -> object:
        """Return what the notebook binds to `name`."""
        return self.namespace[name]
