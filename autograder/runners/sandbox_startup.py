"""Start the sandbox, and meanwhile import what every task would import for itself.

Both take seconds, so this module must not import torch before the zygote has been started.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.runners.forbidden_paths import forbidden_paths
from autograder.sandbox.sandbox import Sandbox, SandboxError
from autograder.support.errors import CannotRunError

if TYPE_CHECKING:
    from autograder.assignment.model import Assignment


@contextmanager
def open_sandbox(
    assignment: Assignment,
    *,
    confine: bool = True,
    forbidden: Sequence[Path] = (),
    chance: int = 0,
) -> Iterator[Sandbox]:
    """Open the sandbox for the submissions of an assignment.

    Args:
        assignment: What is graded.
        confine: Whether to require confinement.
        forbidden: What submissions must not be able to open, besides what belongs to the course:
            the submissions themselves, and the folder of the results.
        chance: Which random numbers answers draw; see `Sandbox`.

    Raises:
        CannotRunError: If it does not start on this machine.
    """
    sandbox = Sandbox(
        path=[assignment.source],
        preload=assignment.preload,
        confine=confine,
        memory_mib=assignment.budgets.memory_mib,
        forbidden=[*forbidden_paths(assignment), *forbidden] if confine else (),
        chance=chance,
    )
    try:
        sandbox.launch()
        with _garbage_collection_off():
            _warm_up(assignment)
        sandbox.await_zygote()
    except SandboxError as error:
        raise CannotRunError(
            f"{error}\nRun `autograder doctor` to find out what this machine lacks."
        ) from error
    except BaseException:  # including Ctrl-C: the zygote and its folder must not stay behind
        sandbox.close()
        raise
    # Forked tasks must not scan what exists now: scanning would copy its memory pages.
    gc.collect()
    gc.freeze()
    try:
        yield sandbox
    finally:
        gc.unfreeze()
        sandbox.close()


@contextmanager
def _garbage_collection_off() -> Iterator[None]:
    """Switch the garbage collector off; imports take a fifth less time without it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _warm_up(assignment: Assignment) -> None:
    """Import what every task would import for itself, which takes half a second.

    An error in a check file is not raised here: tasks report it with each submission.
    """
    import torch.fx.experimental.symbolic_shapes  # noqa: F401 - the first gradient needs it: 0.4 s

    from autograder.grading.grade import make_importable
    from autograder.sandbox import session  # noqa: F401 - and all that speaks to workers
    from autograder.sandbox.confinement.malloc import keep_freed_memory
    from checkkit.runner import run_checks

    keep_freed_memory()
    make_importable(assignment.source)
    for question in assignment.questions:
        run_checks(question.check_files, {}, select=())
