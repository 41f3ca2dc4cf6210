"""Inside the room: one forked process that holds one submission and answers for it."""

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


class Worker:
    """A submission in its room: its namespace, and what the grader may ask of it."""

    def __init__(self) -> None:
        # Dataclasses and type hints look their module up by name, so the notebook needs to be one.
        notebook = types.ModuleType("__main__")
        sys.modules["__main__"] = notebook
        self.namespace: dict[str, Any] = vars(notebook)
        self.cells: list[cell_runner.Cell] = []

    def serve(self, channel: Channel) -> None:
        """Answer the grader until it closes the connection."""
        handlers = {name: getattr(self, name) for name in ("prepare", "run", "finish", "seed")}
        connection = Connection(channel, trusting=True, handlers=handlers, names=self.answer)
        try:
            connection.serve()
        except (Gone, ProtocolError):
            return  # the grader has gone, or the submission has written into our socket

    def prepare(self, sources: torch.Tensor, answers: list[str]) -> None:
        """Read the notebook's cells; nothing of them is run yet.

        They come as the bytes of their JSON: a cell may be longer than the wire lets a string be.
        """
        self.cells = cell_runner.prepare(json.loads(sources.numpy().tobytes()), answers)

    def run(self, first: int, last: int) -> list[dict[str, str]]:
        """Run some of the cells, and tell how each of them went."""
        chosen = self.cells[first:last]
        for cell in chosen:
            cell_runner.run(cell, self.namespace)
        return [{"id": c.id, "status": c.status, "message": c.message} for c in chosen]

    def finish(self, stand_ins: dict[str, str], wanted: list[str]) -> dict[str, str]:
        """Put the stand-ins in place, and tell which of the wanted names exist, and as what."""
        for source in stand_ins.values():
            exec(compile(source, "<stand-in>", "exec"), self.namespace)  # noqa: S102 - staff's own
        return {
            name: type(self.namespace[name]).__name__ for name in wanted if name in self.namespace
        }

    def seed(self, seed: int) -> None:
        """Start the generators that answers draw from; the same seed for the same check, always."""
        torch.manual_seed(seed)
        np.random.seed(seed)  # noqa: NPY002 - students draw from the global generator
        random.seed(seed)

    def answer(self, name: str) -> object:
        """Return what the notebook binds to `name`."""
        return self.namespace[name]
