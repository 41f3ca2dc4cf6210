"""Run a submission's cells in a worker, without the statements that hang or end it."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import NamedTuple

import torch

from autograder.sandbox.budgets import Budgets
from autograder.sandbox.cells import Cell, CellReport, LoadReport
from autograder.sandbox.errors import Gone, RemoteError, clean
from autograder.sandbox.rpc.limits import Allowance
from autograder.sandbox.worker_handle import FROM_OUTSIDE, WorkerFactory, WorkerHandle


class _Part(NamedTuple):
    """A part of a cell, nearly always one statement: first and last place in the cell, and line."""

    first: int
    last: int
    line: int


class _CutOffError(Exception):
    """A cell hung or ended its worker.

    Attributes:
        report: The report on the cell.
        part: What is to blame, if it is known.
    """

    def __init__(self, report: CellReport, part: _Part | None = None) -> None:
        super().__init__(report)
        self.report, self.part = report, part


class Loader:
    """Runs a submission's cells in new workers.

    Args:
        new_worker: Returns a new worker.
        cells: The submission's cells, in the notebook's order.
        wanted: The names that the submission should define.
        stand_ins: Source code to run after the cells, by the name that it replaces.
        budgets: What running the cells may cost.
        end: When the whole submission must be done, on the monotonic clock.

    Attributes:
        killed: Whether a worker was killed from outside while cells were run.
    """

    def __init__(
        self,
        new_worker: WorkerFactory,
        cells: Sequence[Cell],
        wanted: Sequence[str],
        stand_ins: Mapping[str, str],
        budgets: Budgets,
        end: float = math.inf,
    ) -> None:
        self._workers, self._budgets, self._end = new_worker, budgets, end
        self.killed = False
        self._cells, self._wanted = list(cells), list(wanted)
        self._stand_ins = dict(stand_ins)
        self._left_out: dict[str, CellReport] = {}
        self._cut_off: dict[str, CellReport] = {}  # of cells that are run in part
        self._skipped: dict[str, list[_Part]] = {}

    def load(self) -> tuple[LoadReport, WorkerHandle | None]:
        """Run the cells one by one; return how they ran, and the worker if it holds all of them.

        A statement that hangs or ends its worker is left out from then on, and only the definitions
        of its cell, and what they need, are run. All cells are then run in a new worker. Once that
        has taken too long, all later cells are left out too.
        """
        end = time.monotonic() + self._budgets.load_seconds
        while cells := self._kept():
            try:
                return self._run_each(cells)
            except _CutOffError as cut_off:
                self._leave_out(cut_off, late=time.monotonic() > end)
                if time.monotonic() > self._end:
                    self._leave_out_after()
                elif time.monotonic() > end:
                    self._leave_out_after(cut_off.report.id)
        return LoadReport([self._left_out[cell.id] for cell in self._cells], {}), None

    def reload(self, worker: WorkerHandle, stream: int, chance: int) -> None:
        """Run all cells that were not left out in a new worker, and seed it."""
        cells = self._kept()
        # `load` has run these cells within half of this.
        patience = 2 * (self._budgets.load_seconds + self._budgets.cell_seconds)
        worker.connection.patience = patience
        worker.connection.ask("prepare", **self._content(cells))
        worker.connection.ask("run")
        worker.connection.ask("finish", stand_ins=self._stand_ins, wanted=[])
        worker.connection.ask("seed", stream=stream, chance=chance)

    def _kept(self) -> list[Cell]:
        return [cell for cell in self._cells if cell.id not in self._left_out]

    def _new_worker(self) -> WorkerHandle:
        """Return a new worker that runs no longer than the submission may take."""
        worker = self._workers()
        self._allow(worker, math.inf)
        worker.connection.on_gone = partial(self._on_gone, worker)
        return worker

    def _on_gone(self, worker: WorkerHandle, gone: Gone) -> None:
        if gone.reason == "closed" and worker.exit_status() in FROM_OUTSIDE:
            gone.reason = "killed"
            self.killed = True

    def _leave_out(self, cut_off: _CutOffError, *, late: bool) -> None:
        """Leave out a statement; or its cell, if it is not known or if there is no time left."""
        report, part = cut_off.report, cut_off.part
        if part is None or (late and report.id in self._skipped):
            self._left_out[report.id] = report
            return
        self._cut_off.setdefault(report.id, report)
        self._skipped.setdefault(report.id, []).append(part)

    def _leave_out_after(self, cell_id: str = "") -> None:
        """Leave out all cells after this one, or all: loading has taken too long."""
        order = [cell.id for cell in self._cells]
        for later in order[order.index(cell_id) + 1 if cell_id else 0 :]:
            late = "not run: loading the cells before it took too long"
            self._left_out.setdefault(later, CellReport(later, "cut off", late))

    def _run_each(self, cells: Sequence[Cell]) -> tuple[LoadReport, WorkerHandle | None]:
        start = time.monotonic()
        reports: dict[str, CellReport] = {}
        with ExitStack() as unless_kept:
            worker = unless_kept.enter_context(closing(self._new_worker()))
            worker.connection.patience = self._budgets.cell_seconds
            try:
                parts = _parts(worker.connection.ask("prepare", **self._content(cells)), cells)
            except (Gone, RemoteError) as gone:
                raise _CutOffError(self._unparsable(cells, gone.message)) from gone
            for position, cell in enumerate(cells):
                reports[cell.id] = self._run(worker, position, cell, parts[position])
                if time.monotonic() - start > self._budgets.load_seconds:
                    self._leave_out_after(cell.id)
                    break
            # If this fails, a thread that some cell started is the cause. It cannot be known which
            # cell, so the last one is left out.
            types = _ask(worker, cells[-1], "finish", stand_ins={}, wanted=self._wanted)
            kept = None
            if len(reports) == len(cells):
                # With the stand-ins, this worker is in the state that `reload` gives a new one, so
                # it is kept.
                _ask(worker, cells[-1], "finish", stand_ins=self._stand_ins, wanted=[])
                unless_kept.pop_all()
                kept = worker
        reports |= self._cut_off | self._left_out
        names = _names(types, self._wanted)
        return LoadReport([reports[cell.id] for cell in self._cells], names), kept

    def _run(
        self, worker: WorkerHandle, position: int, cell: Cell, parts: Sequence[_Part]
    ) -> CellReport:
        """Run a cell part by part.

        Raises:
            _CutOffError: If it takes too long; the part that took longest is to blame.
        """
        budget = self._allow(worker, self._budgets.cell_seconds)
        seconds: list[float] = []
        answer: object = None
        for number in range(len(parts)):
            before = budget.seconds
            try:
                answer = worker.connection.ask("run_part", cell=position, part=number)
            except (Gone, RemoteError) as gone:
                seconds.append(before - budget.seconds)
                is_late = isinstance(gone, Gone) and gone.reason == "late"
                part = parts[seconds.index(max(seconds)) if is_late else number]
                message = f"{gone.message} (line {part.line} of {_in_text(cell)})"
                raise _CutOffError(CellReport(cell.id, "cut off", message), part) from gone
            seconds.append(before - budget.seconds)
        self._allow(worker, math.inf)
        return _report(cell, answer)

    def _allow(self, worker: WorkerHandle, seconds: float) -> Allowance:
        """Set the seconds that a worker's next asks may take together."""
        worker.connection.allowance = allowance = Allowance(seconds, self._end)
        return allowance

    def _unparsable(self, cells: Sequence[Cell], why: str) -> CellReport:
        """Return the report on the first cell that hangs or ends a worker merely by being parsed.

        Args:
            cells: Cells that a worker could not parse together.
            why: The message of that attempt.
        """
        good, bad = 0, len(cells)  # Bisect: the first `good` cells parse, the first `bad` do not.
        while bad - good > 1:
            middle = (good + bad) // 2
            with closing(self._new_worker()) as worker:
                worker.connection.patience = self._budgets.cell_seconds
                try:
                    worker.connection.ask("prepare", **self._content(cells[:middle]))
                    good = middle
                except (Gone, RemoteError) as gone:
                    bad, why = middle, gone.message
        return CellReport(cells[bad - 1].id, "cut off", why)

    def _content(self, cells: Sequence[Cell]) -> dict[str, object]:
        """Return the fields of a `prepare` request.

        The sources are sent as a tensor of bytes: a cell may be longer than a frame's header.
        """
        sources = [
            {
                "id": cell.id,
                "kind": cell.kind,
                "source": cell.source,
                "skipped": [part[:2] for part in self._skipped.get(cell.id, ())],
            }
            for cell in cells
        ]
        encoded = bytearray(json.dumps(sources).encode())
        return {"sources": torch.frombuffer(encoded, dtype=torch.uint8), "answers": self._wanted}


def _ask(worker: WorkerHandle, blamed: Cell, op: str, **fields: object) -> object:
    """Send a worker a request; if it fails, blame a cell.

    Raises:
        _CutOffError: With the report on the cell.
    """
    try:
        return worker.connection.ask(op, **fields)
    except (Gone, RemoteError) as gone:
        raise _CutOffError(CellReport(blamed.id, "cut off", gone.message)) from gone


def _in_text(cell: Cell) -> str:
    """Return what a message calls a cell."""
    return cell.id if cell.id.startswith("cell ") else f"cell {cell.id}"


def _parts(answer: object, cells: Sequence[Cell]) -> list[list[_Part]]:
    """Return the parts of each cell from the worker's answer, which may be forged."""
    try:
        found = [[_Part(*map(int, part)) for part in parts] for parts in answer]  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        found = []
    # A cell without statements has one part, too.
    fits = len(found) == len(cells) and all(found)
    return found if fits else [[_Part(0, 0, 0)] for _ in cells]


def _report(cell: Cell, answer: object) -> CellReport:
    """Return a cell's report from the worker's answer, which the submission may have forged."""
    match answer:
        case {"status": "ok" | "syntax error" | "raised" as status, "message": str(message)}:
            return CellReport(cell.id, status, clean(message))
    return CellReport(cell.id, "raised", "the cell broke the connection to the grader")


def _names(answer: object, wanted: Sequence[str]) -> dict[str, str]:
    """Return the wanted names and their types from the worker's answer, which may be forged."""
    types = answer if isinstance(answer, dict) else {}
    return {name: clean(types[name], 60) for name in wanted if name in types}
