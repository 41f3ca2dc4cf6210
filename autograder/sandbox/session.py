"""Call one submission's answers, always in a worker that is alive."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import Any

from autograder.sandbox.budgets import HANGS_IN_A_ROW, Budgets
from autograder.sandbox.cells import Cell, LoadReport
from autograder.sandbox.errors import Gone
from autograder.sandbox.loading import Loader
from autograder.sandbox.rpc.connection import Connection
from autograder.sandbox.rpc.limits import Allowance
from autograder.sandbox.rpc.proxies import RemoteFunction
from autograder.sandbox.worker_handle import FROM_OUTSIDE, WorkerFactory, WorkerHandle

# Streams of random numbers: of the worker that checks call, of fresh copies, of isolated calls.
_CHECKS, _FRESH_COPY, _ISOLATED = 0, 1, 2
# Resident memory of a worker that stays while a fresh copy is at work. Python, torch and a small
# model have 0.5 GiB, most of it shared with the zygote.
KEPT_BYTES = 2**30
ISOLATED_SECONDS = 10.0  # for one use of `isolated`, loading included; nothing is graded there


class Session:
    """One submission in a sandbox: run its cells, then call what they define.

    `Sandbox.session` creates sessions. Load the submission first. Then, for each question, call
    `begin`, and for each check of the question `seed_for_check`, and call the answers.

    The checks of a question share a worker. If an answer hangs or ends the worker, the next call
    gets a new worker in which the cells have been run again. (A fork takes 5 to 40 ms, depending on
    the size of the build of torch; a new worker for each of 70 checks would take longer than
    training.)

    A call of an answer raises:

    - `StudentError` if the answer raised an exception.
    - `StudentGone` if it hung, ended its process, or broke the connection to the grader. This is a
      `BaseException`, like `KeyboardInterrupt`.

    Args:
        new_worker: Returns a new worker at each call.
        cells: The submission's cells, in the notebook's order.
        wanted: The names that the submission should define.
        stand_ins: Source code that defines replacements, by the name that it replaces.
        budgets: The seconds that the submission may take. (The limit on memory is the sandbox's.)
        end: When the whole submission must be done, on the monotonic clock.
        chance: Which random numbers the answers draw; grading uses 0.

    Attributes:
        killed: Whether a worker was killed from outside since the question began, as the system
            does when memory is short. Then the answers are not to blame, and nothing is known
            about them.

    Example:
        >>> from autograder.sandbox import Cell, Sandbox, StudentError
        >>> cell = Cell("1", "def invert(x): return 1 / x", "answer")
        >>> with Sandbox() as sandbox:
        ...     session = sandbox.session([cell], wanted=["invert"])
        ...     report = session.load()
        ...     session.begin()
        ...     session.seed_for_check("invert_of_zero")
        ...     try:
        ...         session.answers(["invert"])["invert"](0)
        ...     except StudentError as error:
        ...         print(error)
        ...     session.close()
        ZeroDivisionError: division by zero (line 1 of cell 1)
    """

    def __init__(
        self,
        new_worker: WorkerFactory,
        cells: Sequence[Cell],
        wanted: Sequence[str],
        stand_ins: Mapping[str, str],
        budgets: Budgets,
        end: float = math.inf,
        chance: int = 0,
    ) -> None:
        self._new_worker, self._wanted, self._budgets = new_worker, list(wanted), budgets
        self._end, self._chance = end, chance
        self._new_loader = partial(Loader, new_worker, cells, wanted, stand_ins, budgets, end)
        self._loader = self._new_loader()
        self.killed = False
        self._begun = False
        self._worker: WorkerHandle | None = None
        self._copy: WorkerHandle | None = None
        self._reset_budgets()

    def _reset_budgets(self) -> None:
        self._patience, self._hangs, self._hangs_in_a_row = self._budgets.call_seconds, 0, 0
        self._allowance = Allowance(self._budgets.question_seconds, self._end)

    def load(self) -> LoadReport:
        """Run the submission's cells one by one, and return how they ran and what they define.

        A cell that hangs or ends its process is left out from then on. Once that has taken too
        long, all later cells are left out too.
        """
        report, worker = self._loader.load()
        if self._loader.killed:  # tried once more
            if worker is not None:
                worker.close()
            self._loader = self._new_loader()
            report, worker = self._loader.load()
        self.killed = self._loader.killed
        if worker is not None:
            self._worker = self._engage(worker)
            worker.connection.answered = 0
        return report

    def begin(self) -> None:
        """Begin a question. Its outcome does not depend on the questions before it.

        Its first call gets a worker that has run no other question's checks. Hangs are counted from
        zero, and the question has its own share of the seconds that a submission may take.
        """
        if self._begun:
            self.close()
        self._begun = True
        self.killed = False
        self._reset_budgets()
        if self._worker is not None:
            self._engage(self._worker)

    def answers(self, names: Sequence[str]) -> dict[str, object]:
        """Return proxies for answers; each call goes to the worker of the running check."""
        return {name: RemoteFunction(self._connection, name) for name in names}

    def fresh_copy(self, answer: Any) -> RemoteFunction:
        """Return the same answer in a new worker, which has run none of the earlier calls.

        One copy lives at a time. The session's own worker ends, too, if it holds much memory: its
        next call gets a new one.

        Raises:
            TypeError: If `answer` is not one that `answers` has returned.
        """
        if not isinstance(answer, RemoteFunction) or not isinstance(answer.number, str):
            raise TypeError("only an answer can have a fresh copy")
        self._release_memory()
        worker = self._copy = self._open(_FRESH_COPY)
        return RemoteFunction(lambda: worker.connection, answer.number)

    @contextmanager
    def isolated(self) -> Iterator[dict[str, object]]:
        """Provide all answers in a worker of their own, for calls that grade nothing.

        If that worker hangs or ends, the session loses no budget. Like `fresh_copy`, this ends
        workers of the session that hold memory.
        """
        self._release_memory()
        with closing(self._new_worker()) as worker:
            worker.connection.allowance = Allowance(ISOLATED_SECONDS, self._end)
            self._prepare(worker, _ISOLATED, self._budgets.after_hang_seconds)
            yield {name: RemoteFunction(worker.connection, name) for name in self._wanted}

    def seed_for_check(self, _check_id: str) -> None:
        """Seed the worker for a check. All checks have the same seed; see `Worker.seed`."""
        self._close_fresh_copy()
        if self._worker is not None:
            # An answer may have left gradients disabled, another default dtype, and so on.
            with suppress(Gone):  # The worker has ended since; the first call gets a new one.
                self._worker.connection.ask_later("restore")
                self._worker.connection.ask("seed", stream=_CHECKS, chance=self._chance)

    def close(self) -> None:
        """End all workers of this session; a later call gets a new one."""
        self._close_fresh_copy()
        if self._worker is not None:
            self._worker.close()
        self._worker = None

    def _connection(self) -> Connection:
        if self._worker is None:
            self._worker = self._open(_CHECKS)
        return self._worker.connection

    def _open(self, stream: int) -> WorkerHandle:
        if self._hangs_in_a_row >= HANGS_IN_A_ROW:
            raise Gone("late", f"not called again after {HANGS_IN_A_ROW} such calls in a row")
        if self._allowance.left <= 0:
            raise Gone("late", self._spent())
        worker = self._engage(self._new_worker())
        self._prepare(worker, stream, self._patience)
        return worker

    def _engage(self, worker: WorkerHandle) -> WorkerHandle:
        """Charge a worker's time and hangs to this session."""
        worker.connection.on_gone = partial(self._on_gone, worker)
        worker.connection.allowance = self._allowance
        worker.connection.patience = self._patience
        return worker

    def _prepare(self, worker: WorkerHandle, stream: int, patience: float) -> None:
        """Run the cells in a new worker, seed it, and set how long a call may take."""
        self._loader.reload(worker, stream, self._chance)
        worker.connection.patience, worker.connection.answered = patience, 0

    def _on_gone(self, worker: WorkerHandle, gone: Gone) -> None:
        """Add details to the error for a worker that is gone, and count hangs."""
        if gone.reason == "late" and self._allowance.left <= 0:
            gone.detail = self._spent()
        elif gone.reason == "late":
            gone.detail = f"stopped after {worker.connection.patience:g} s"
            self._hangs += 1
            is_first_call = worker.connection.answered == 0
            self._hangs_in_a_row = self._hangs_in_a_row + 1 if is_first_call else 1
            self._patience = self._budgets.after_hangs(self._hangs)
        elif gone.reason == "closed":
            gone.detail = worker.exit_status()
            if gone.detail in FROM_OUTSIDE:
                gone.reason, self.killed = "killed", True
        worker.close()
        if worker is self._worker:
            self._worker = None

    def _spent(self) -> str:
        """Return which limit the calls have reached."""
        if self._allowance.seconds <= 0:
            seconds = self._budgets.question_seconds
            return f"all calls for a question together took more than {seconds:g} s"
        return f"the whole submission took more than {self._budgets.submission_seconds:g} s"

    def _release_memory(self) -> None:
        """End the fresh copy, and this session's own worker if it holds much memory.

        A submission then never holds the memory of several workers at once.
        """
        self._close_fresh_copy()
        if self._worker is not None and self._worker.memory() > KEPT_BYTES:
            self._worker.close()
            self._worker = None

    def _close_fresh_copy(self) -> None:
        if self._copy is not None:
            self._copy.close()
        self._copy = None
