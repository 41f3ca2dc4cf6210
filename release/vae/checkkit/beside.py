"""Work beside a model, in whichever process the model is.

A call of a model that is in another process costs more than a step of its training. A loop that
runs beside the model needs few calls. It must not be trusted: the model's author controls that
process. Use what it returns only where it is checked again, as weights are by an evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from torch import Tensor

__all__ = ["run_beside", "weights_of"]


def run_beside(
    model: Any,  # noqa: ANN401 - an answer's model can be anything
    file: Path,
    function: str,
    *args: object,
) -> Iterator[Any]:
    """Run a generator function of a file beside a model, and yield what it yields.

    The file is run there anew. It may import what a student's notebook may import, and its content
    is not secret from the student. Each value that it yields must come within the time that a call
    may take.

    Args:
        model: The first argument of the function.
        file: A Python file.
        function: The name of a generator function in it.
        args: Its further arguments: numbers, strings, tensors, and lists of these.

    Raises:
        Exception: What the function raises; if it ran elsewhere, a `RemoteError` that says so.
    """
    source = file.read_text(encoding="utf-8")
    remote = getattr(type(model), "remote_run_beside", None)
    if remote is not None:
        yield from remote(model, source, function, args)
        return
    names: dict[str, Any] = {"__name__": file.stem}
    exec(compile(source, str(file), "exec"), names)  # noqa: S102 - a file of the course
    yield from names[function](model, *args)


def weights_of(model: Any) -> dict[str, Tensor]:  # noqa: ANN401 - as above
    """Return a copy of a model's current `state_dict`, wherever it has been trained."""
    pull = getattr(type(model), "remote_pull_weights", None)
    if pull is not None:
        pull(model)
    # A `state_dict` rather than a plain dict: it carries the version of each layer's format.
    weights: dict[str, Tensor] = model.state_dict()
    for name, value in weights.items():
        weights[name] = value.clone()
    return weights
