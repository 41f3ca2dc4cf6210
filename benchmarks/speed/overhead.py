"""What of a grading is the student's own computation, and what is ours?

The bare computation is what the checks ask of the answers, in one warm process: every outermost
call of an answer, of a model's method, every backward pass and every step of the optimiser, timed
where it happens. The whole is all that a grading costs, in the grader's process and in the room.
"""

from __future__ import annotations

import statistics
import time
import types
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import psutil
import torch

from autograder.assignment.answer_bank import assemble, bank
from autograder.assignment.model import Assignment
from autograder.grading.grade import grade
from autograder.runners.sandbox_startup import open_sandbox
from autograder.sandbox.rpc.connection import Connection
from checkkit.runner import run_checks

METHODS = ("__init__", "__call__", "encode", "decode", "forward", "sample")
PASSES = ((torch.autograd, "backward"), (torch.autograd, "grad"), (torch.optim.Adam, "step"))


class Clock:
    """Adds up the processor time of the outermost of the calls that it wraps."""

    def __init__(self) -> None:
        self.seconds, self._inside = 0.0, False

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, timed where it is not called from one that is."""

        def call(*args: object, **kwargs: object) -> object:
            if self._inside:
                return function(*args, **kwargs)
            self._inside, start = True, time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds += time.process_time() - start
                self._inside = False

        return call


def measure(assignment: Assignment, rounds: int) -> dict[str, float]:
    """Return the processor seconds of both, by medians, and their ratio, round by round.

    And where the whole goes: to the room, and in the grader to asking it, to pytest's sessions
    (without a check in them), and to the checks themselves, Hypothesis included.
    """
    torch.set_num_threads(1)
    solved = assemble(assignment.source_notebook.read_bytes(), bank(assignment).answers())
    seen: list[dict[str, float]] = []
    with open_sandbox(assignment) as sandbox:
        for number in range(rounds + 1):  # the first is not counted: everything is warm after it
            alone = _bare(assignment)
            mine, theirs = time.process_time(), _below()
            with _asking() as asks:
                result = grade(solved, "ada", assignment, sandbox)
            mine = time.process_time() - mine
            time.sleep(0.2)  # the zygote counts a worker's time when it has buried it
            if result.score != result.max_score:
                raise RuntimeError(f"the reference has {result.score} points")
            if number:
                theirs, sessions = _below() - theirs, _sessions(assignment)
                checks = mine - asks["asking"] - sessions
                whole = mine + theirs
                seen.append({
                    "bare": alone, "whole": whole, "ratio": whole / alone, "room": theirs, **asks,
                    "sessions": sessions, "checks": checks,
                })  # fmt: skip
    ratios = sorted(one["ratio"] for one in seen)
    return {
        **{name: round(statistics.median(one[name] for one in seen), 3) for name in seen[0]},
        "lowest": round(ratios[0], 3),
        "highest": round(ratios[-1], 3),
        "rounds": rounds,
    }


@contextmanager
def _asking() -> Iterator[dict[str, float]]:
    """Count what the grader asks, what it is asked back, and its processor seconds meanwhile.

    What it computes for those who ask back is the checks' own, but small, and counted in here.
    """
    told = {"asks": 0.0, "asked_back": 0.0, "asking": 0.0}
    clock, ask, answer = Clock(), Connection.ask, Connection._answer  # noqa: SLF001 - the far end of an ask

    def asked(*args: object, **kwargs: object) -> object:
        told["asks"] += 1
        return timed(*args, **kwargs)

    def answered(
        connection: Connection, header: dict[str, Any], tensors: list[torch.Tensor]
    ) -> None:
        told["asked_back"] += 1
        answer(connection, header, tensors)

    timed = clock.timed(ask)
    with patch.object(Connection, "ask", asked), patch.object(Connection, "_answer", answered):
        yield told
    told["asking"] = clock.seconds


def _sessions(assignment: Assignment) -> float:
    """Return the processor seconds of pytest's sessions, one for each question, with no check."""
    start = time.process_time()
    for question in assignment.questions:
        run_checks(assignment.check_files(question), {}, select=())
    return time.process_time() - start


def _bare(assignment: Assignment) -> float:
    """Return the processor seconds of the student's own computation."""
    clock = Clock()
    notebook = types.ModuleType("notebook")
    names = vars(notebook)
    exec("import torch\nfrom torch import nn\nfrom torch.nn import functional as F", names)  # noqa: S102 - the bank's own
    for code in bank(assignment).answers().values():
        exec(code, names)  # noqa: S102 - likewise
    with ExitStack() as stack:
        for question in assignment.questions:
            answer = names[question.answer]
            if isinstance(answer, type):
                for method in METHODS:
                    setattr(answer, method, clock.timed(getattr(answer, method)))
            else:
                names[question.answer] = clock.timed(answer)
        for owner, name in PASSES:
            stack.enter_context(patch.object(owner, name, clock.timed(getattr(owner, name))))
        for question in assignment.questions:
            files = assignment.check_files(question)
            given = {question.answer: names[question.answer]}
            results = run_checks(files, given, select=question.points.keys())
            if any(one.outcome != "passed" for one in results):
                raise RuntimeError("the reference fails in this process")
    return clock.seconds


def _below() -> float:
    """Return the processor seconds of the room, ended workers included."""
    total = 0.0
    for one in psutil.Process().children(recursive=True):
        times = one.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
    return total
