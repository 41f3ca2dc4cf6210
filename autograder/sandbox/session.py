"""One submission's stay in the room: load it, and call its answers in a worker that is alive."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from autograder.sandbox.budgets import HANGS_IN_A_ROW, Budgets
from autograder.sandbox.cells import Cell, CellReport, LoadReport
from autograder.sandbox.errors import Gone, RemoteError, clean
from autograder.sandbox.rpc.connection import Connection
from autograder.sandbox.rpc.limits import Allowance
from autograder.sandbox.rpc.proxies import RemoteFunction

if TYPE_CHECKING:
    from autograder.sandbox.sandbox import Sandbox
    from autograder.sandbox.worker_handle import Worker

ISOLATED_SECONDS = 10.0  # for all that is asked aside, the loading included; it judges nothing


class _CellGone(Exception):  # noqa: N818 - an event that `load` waits for
    """A cell took its worker with it."""

    def __init__(self, report: CellReport) -> None:
        super().__init__(report)
        self.report = report


class Session:
    """A submission's stay in the room.

    A question's checks share a worker until the next question begins, or until an answer hangs or
    ends it: then the next call gets a fresh one with the cells loaded again. (A fork costs 5 to 40
    ms, by how much of a GPU build of torch there is to copy; a worker for each of 70 checks would
    cost more than training.)

    Args:
        room: Where workers come from.
        cells: The submission's cells.
        wanted: The names that it is to define.
        stand_ins: For names that are to be replaced, the source that defines them.
        budgets: What it may cost; the room has the limit on memory.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        cells: Sequence[Cell],
        wanted: Sequence[str],
        stand_ins: Mapping[str, str],
        budgets: Budgets,
    ) -> None:
        self._sandbox, self._cells = sandbox, list(cells)
        self._wanted, self._stand_ins = list(wanted), dict(stand_ins)
        self._left_out: dict[str, CellReport] = {}
        self._reports: dict[str, CellReport] = {}
        self._budgets = budgets
        self._begun = False
        self._count_anew()
        self._worker: Worker | None = None
        self._others: list[Worker] = []
        self._seed = 0

    def _count_anew(self) -> None:
        self._patience, self._hangs, self._hangs_in_a_row = self._budgets.call_seconds, 0, 0
        self._share = self._budgets.share(len(self._wanted))
        self._allowance = Allowance(self._share)

    def load(self) -> LoadReport:
        """Run the submission's cells one by one, and say how each went and what is defined.

        A cell that does not come back, or ends its process, is left out from then on; when that
        has taken too long, so are all cells after it.
        """
        end = time.monotonic() + self._budgets.load_seconds
        while cells := self._kept():
            try:
                names = self._load(cells)
            except _CellGone as gone:
                self._left_out[gone.report.id] = gone.report
                if time.monotonic() > end:
                    self._leave_out_after(gone.report.id)
            else:
                return LoadReport([self._reports[cell.id] for cell in self._cells], names)
        return LoadReport([self._left_out[cell.id] for cell in self._cells], {})

    def _kept(self) -> list[Cell]:
        return [cell for cell in self._cells if cell.id not in self._left_out]

    def _leave_out_after(self, name: str) -> None:
        """Leave out all cells after the one of this name: loading has taken too long."""
        order = [cell.id for cell in self._cells]
        for later in order[order.index(name) + 1 :]:
            late = "not run: loading the cells before it took too long"
            self._left_out.setdefault(later, CellReport(later, "cut off", late))

    def _load(self, cells: Sequence[Cell]) -> dict[str, str]:
        start = time.monotonic()
        with ExitStack() as unless_kept:
            worker = unless_kept.enter_context(closing(self._sandbox.worker()))
            worker.connection.patience = self._budgets.cell_seconds
            try:
                worker.connection.ask("prepare", **self._content(cells))
            except (Gone, RemoteError) as gone:
                raise _CellGone(self._unreadable(cells, gone.message)) from gone
            reports: dict[str, CellReport] = {}
            for position, cell in enumerate(cells):
                told = _ask(worker, cell, "run", first=position, last=position + 1)
                reports[cell.id] = _report(cell, told)
                if time.monotonic() - start > self._budgets.load_seconds:
                    self._leave_out_after(cell.id)
                    break
            # If this fails, some cell's thread is to blame; which one's, nobody can tell.
            names = _ask(worker, cells[-1], "finish", stand_ins={}, wanted=self._wanted)
            if len(reports) == len(cells):
                # it is now what a fresh one is made to be: the first checks go to it
                _ask(worker, cells[-1], "finish", stand_ins=self._stand_ins, wanted=[])
                self._worker = self._engaged(worker, self._patience)
                worker.connection.answered = 0
                unless_kept.pop_all()
        self._reports = reports | self._left_out
        return _names(names, self._wanted)

    def _unreadable(self, cells: Sequence[Cell], why: str) -> CellReport:
        """Return the report on the first cell that takes a worker along merely by being read."""
        good, bad = 0, len(cells)  # so many cells can be read; so many cannot
        while bad - good > 1:
            middle = (good + bad) // 2
            with closing(self._sandbox.worker()) as worker:
                worker.connection.patience = self._budgets.cell_seconds
                try:
                    worker.connection.ask("prepare", **self._content(cells[:middle]))
                    good = middle
                except (Gone, RemoteError) as gone:
                    bad, why = middle, gone.message
        return CellReport(cells[bad - 1].id, "cut off", why)

    def _content(self, cells: Sequence[Cell]) -> dict[str, object]:
        sources = [{"id": c.id, "kind": c.kind, "source": c.source} for c in cells]
        told = bytearray(json.dumps(sources).encode())
        return {"sources": torch.frombuffer(told, dtype=torch.uint8), "answers": self._wanted}

    def begin(self) -> None:
        """Begin a question, whose outcome is to be the same whatever was asked before.

        Its first call gets a worker that has seen nothing of other questions; hangs are counted
        anew, and it has its own share of the seconds that a submission may take.
        """
        if self._begun:
            self.close()
        self._begun = True
        self._count_anew()
        if self._worker is not None:
            self._engaged(self._worker, self._patience)

    def answers(self, names: Sequence[str]) -> dict[str, object]:
        """Return proxies of answers; each call goes to the worker of the check that is running."""
        return {name: RemoteFunction(self._connection, name) for name in names}

    def fresh_copy(self, answer: Any) -> RemoteFunction:
        """Return the same answer in a worker that has seen nothing of the earlier calls."""
        if not isinstance(answer, RemoteFunction) or not isinstance(answer.number, str):
            raise TypeError("only an answer can be had afresh")
        other = self._open(self._seed + 1)
        self._others.append(other)
        return RemoteFunction(lambda: other.connection, answer.number)

    @contextmanager
    def isolated(self) -> Iterator[dict[str, object]]:
        """Give the answers in a worker apart, for what judges nothing.

        Its end and its delays are not the visit's: no worker, patience or time of that is lost.
        """
        with closing(self._sandbox.worker()) as worker:
            worker.connection.allowance = Allowance(ISOLATED_SECONDS)
            self._prepare(worker, self._seed + 2, self._budgets.after_hang_seconds)
            yield {name: RemoteFunction(worker.connection, name) for name in self._wanted}

    def seed_for_check(self, check_id: str) -> None:
        """Seed the worker by the name of the check that is to run in it, for ever the same."""
        self._seed = int.from_bytes(hashlib.sha256(check_id.encode()).digest()[:4], "big")
        self._let_others_go()
        if self._worker is not None:
            with suppress(Gone):  # it has died meanwhile; the first call gets a fresh one
                self._worker.connection.ask("seed", seed=self._seed)

    def _connection(self) -> Connection:
        if self._worker is None:
            self._worker = self._open(self._seed)
        return self._worker.connection

    def _open(self, seed: int) -> Worker:
        if self._hangs_in_a_row >= HANGS_IN_A_ROW:
            raise Gone("late", f"not called again after {HANGS_IN_A_ROW} such calls in a row")
        worker = self._engaged(self._sandbox.worker(), self._patience)
        self._prepare(worker, seed, self._patience)
        return worker

    def _engaged(self, worker: Worker, patience: float) -> Worker:
        """Let a worker's end and its seconds count; set how long a call may take there."""
        worker.connection.on_gone = partial(self._on_gone, worker)
        worker.connection.allowance = self._allowance
        worker.connection.patience = patience
        return worker

    def _prepare(self, worker: Worker, seed: int, patience: float) -> None:
        """Load the cells into a worker, seed it, and set how long a call may take there."""
        cells = self._kept()
        loading = self._budgets.load_seconds + self._budgets.cell_seconds
        worker.connection.patience = 2 * loading  # it has been done in half of that
        worker.connection.ask("prepare", **self._content(cells))
        worker.connection.ask("run", first=0, last=len(cells))
        worker.connection.ask("finish", stand_ins=self._stand_ins, wanted=[])
        worker.connection.ask("seed", seed=seed)
        worker.connection.patience, worker.connection.answered = patience, 0

    def _on_gone(self, worker: Worker, gone: Gone) -> None:
        """Complete the news of a worker's end, and lose patience with what hangs."""
        if gone.reason == "late" and self._allowance.seconds <= 0:
            gone.detail = f"all calls for a question together took more than {self._share:g} s"
        elif gone.reason == "late":
            gone.detail = f"stopped after {worker.connection.patience:g} s"
            self._hangs += 1
            first = worker.connection.answered == 0  # of this worker's calls
            self._hangs_in_a_row = self._hangs_in_a_row + 1 if first else 1
            self._patience = self._budgets.after_hangs(self._hangs)
        elif gone.reason == "closed":
            gone.detail = worker.how_it_ended()
        worker.close()
        if worker is self._worker:
            self._worker = None

    def close(self) -> None:
        """Let every worker of this visit go; a later call gets a fresh one."""
        self._let_others_go()
        if self._worker is not None:
            self._worker.close()
        self._worker = None

    def _let_others_go(self) -> None:
        for worker in self._others:
            worker.close()
        self._others = []


def _ask(worker: Worker, blamed: Cell, op: str, **fields: object) -> object:
    """Ask a worker that is loading cells; if that fails, a cell is to blame."""
    try:
        return worker.connection.ask(op, **fields)
    except (Gone, RemoteError) as gone:
        raise _CellGone(CellReport(blamed.id, "cut off", gone.message)) from gone


def _report(cell: Cell, told: object) -> CellReport:
    """Return what a worker told of a cell; it may have been made to tell anything."""
    match told:
        case [{"status": "ok" | "syntax error" | "raised" as status, "message": str(message)}]:
            return CellReport(cell.id, status, clean(message))
    return CellReport(cell.id, "raised", "the cell broke the connection to the grader")


def _names(told: object, wanted: Sequence[str]) -> dict[str, str]:
    """Return which of the wanted names exist, and as what, from what a worker told."""
    told = told if isinstance(told, dict) else {}
    return {name: clean(told[name], 60) for name in wanted if name in told}
