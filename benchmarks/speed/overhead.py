"""Measure how much of grading is the student's own computation, and how much is overhead.

The bare computation is what the checks request from the answers, in one warm process: every
outermost call of an answer or of a model's method, every backward pass, and every step of the
optimizer. The whole is everything that grading costs, in the grader's process and in the sandbox.
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

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.model import Assignment
from autograder.authoring.solved import main_filled
from autograder.grading.grade import grade
from autograder.runners.sandbox_startup import open_sandbox
from autograder.sandbox.rpc.connection import Connection
from checkkit.runner import run_checks

METHODS = ("__init__", "__call__", "encode", "decode", "forward", "sample")
PASSES = ((torch.autograd, "backward"), (torch.autograd, "grad"), (torch.optim.Adam, "step"))


class Clock:
    """Adds up the processor time of wrapped calls; nested calls count once."""

    def __init__(self) -> None:
        self.seconds, self._inside = 0.0, False

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, timed unless it is called from another timed one."""

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
    """Return the processor seconds of both as medians, and their ratio, round by round.

    The parts of the whole are the sandbox and, in the grader, calls to it, pytest's sessions
    without any check, and the checks themselves, including Hypothesis.
    """
    torch.set_num_threads(1)
    solved = main_filled(assignment, load_bank(assignment).answers())
    seen: list[dict[str, float]] = []
    with open_sandbox(assignment) as sandbox:
        for number in range(rounds + 1):  # the first, which warms everything up, is not counted
            alone = _bare(assignment)
            mine, theirs = time.process_time(), _below()
            with _asking() as asks:
                result = grade(solved, "ada", assignment, sandbox)
            mine = time.process_time() - mine
            time.sleep(
                0.2
            )  # until the zygote has waited for its workers, which adds their time to its own
            if result.score != result.max_score:
                raise RuntimeError(f"the reference answers earn {result.score} points")
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
    """Count calls to the sandbox, calls back, and the grader's processor seconds meanwhile.

    The grader's work for calls back belongs to the checks, but is small, and counted here.
    """
    counts = {"asks": 0.0, "asked_back": 0.0, "asking": 0.0}
    clock, ask, answer = Clock(), Connection.ask, Connection._answer  # noqa: SLF001 - the far end of an ask

    def asked(*args: object, **kwargs: object) -> object:
        counts["asks"] += 1
        return timed(*args, **kwargs)

    def answered(
        connection: Connection, header: dict[str, Any], tensors: list[torch.Tensor]
    ) -> None:
        counts["asked_back"] += 1
        answer(connection, header, tensors)

    timed = clock.timed(ask)
    with patch.object(Connection, "ask", asked), patch.object(Connection, "_answer", answered):
        yield counts
    counts["asking"] = clock.seconds


def _sessions(assignment: Assignment) -> float:
    """Return the processor seconds of pytest's sessions, one per question, without any check."""
    start = time.process_time()
    for question in assignment.questions:
        run_checks(question.check_files, {}, select=())
    return time.process_time() - start


def _bare(assignment: Assignment) -> float:
    """Return the processor seconds of the student's own computation."""
    clock = Clock()
    notebook = types.ModuleType("notebook")
    names = vars(notebook)
    exec("import torch\nfrom torch import nn\nfrom torch.nn import functional as F", names)  # noqa: S102 - the answer bank's own
    for code in load_bank(assignment).answers().values():
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
            files = question.check_files
            given = {question.answer: names[question.answer]}
            results = run_checks(files, given, select=question.check_ids)
            if any(one.outcome != "passed" for one in results):
                raise RuntimeError("the reference answers fail in this process")
    return clock.seconds


def _below() -> float:
    """Return the processor seconds of the sandbox, including ended workers."""
    total = 0.0
    for one in psutil.Process().children(recursive=True):
        times = one.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
    return total
