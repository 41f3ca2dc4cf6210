"""Open the room, and import here what every job would import for itself, both at once.

Nothing here imports torch before the zygote has been started: it takes seconds there and here.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autograder.sandbox.sandbox import Sandbox, SandboxError
from autograder.support.errors import CannotRunError

if TYPE_CHECKING:
    from autograder.assignment.model import Assignment


@contextmanager
def open_sandbox(assignment: Assignment, *, confine: bool = True) -> Iterator[Sandbox]:
    """Open the room that an assignment's submissions run in.

    Raises:
        CannotRunError: If it does not open on this machine.
    """
    sandbox = Sandbox(
        path=[assignment.source],
        preload=assignment.preload,
        confine=confine,
        memory_mib=assignment.budgets.memory_mib,
    )
    try:
        sandbox.launch()
        with _no_collecting():
            _warm_up(assignment)
        sandbox.await_zygote()
    except SandboxError as error:
        raise CannotRunError(f"{error}\n`autograder doctor` says more.") from error
    except BaseException:  # Ctrl-C, too: the zygote and its folder are not to be left behind
        sandbox.close()
        raise
    # let the jobs' collectors leave alone, and thus uncopied, what they have from here
    gc.collect()
    gc.freeze()
    try:
        yield sandbox
    finally:
        gc.unfreeze()
        sandbox.close()


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Switch Python's collector off while much is imported: that saves a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _warm_up(assignment: Assignment) -> None:
    """Import what every job would import for itself: half a second of each job.

    Trouble with a check file is left for the jobs to meet, who report it with each submission.
    """
    import torch.fx.experimental.symbolic_shapes  # noqa: F401 - the first gradient would: 0.4 s

    from autograder.grading.grade import let_checks_import
    from autograder.sandbox import session  # noqa: F401 - with all that it needs to speak to workers
    from autograder.sandbox.confinement.malloc import keep_freed_memory
    from checkkit.runner import run_checks

    keep_freed_memory()
    let_checks_import(assignment)
    for question in assignment.questions:
        run_checks(assignment.check_files(question), {}, select=())
