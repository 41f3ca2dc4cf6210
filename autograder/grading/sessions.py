"""The sessions of one submission in the sandbox, each with its own workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.assignment.model import Assignment, Question
from autograder.grading.cell_selection import SelectedCells
from autograder.grading.mends import MEND
from autograder.grading.recheck import recheck
from autograder.results.scoring import without_addresses
from autograder.sandbox import Cell, LoadReport, Sandbox, Session, StudentGone
from checkkit.outcomes import CheckReport

# What a result says of an extra cell, by the cell's status.
_LEFT_OUT = {"cut off": "cut off", "syntax error": "left out (syntax error)"}


@dataclass
class Sessions:
    """The sessions of one submission in the sandbox: one for each set of stand-ins and mends."""

    selected: SelectedCells
    assignment: Assignment
    sandbox: Sandbox
    end: float
    loaded: dict[tuple[frozenset[str], str], tuple[Session, LoadReport | StudentGone]] = field(
        default_factory=dict
    )

    def load(
        self, stand_ins: Mapping[str, str], mend: str = ""
    ) -> tuple[Session, LoadReport | StudentGone]:
        """Return the session with these stand-ins, and how its cells loaded.

        The workers of all other sessions end: each of them may hold all the memory that a worker
        may have.

        Args:
            stand_ins: Source code by the name of the answer that it replaces.
            mend: Source code that runs after the submission's cells.
        """
        key = frozenset(stand_ins), mend
        for other, (session, _) in self.loaded.items():
            if other != key:
                session.close()
        if key not in self.loaded:
            wanted = [question.answer for question in self.assignment.questions]
            cells = [*self.selected.cells, *([Cell(MEND, mend, "answer")] if mend else [])]
            session = self.sandbox.session(
                cells, wanted, stand_ins, self.assignment.budgets, self.end
            )
            try:
                self.loaded[key] = session, session.load()
            except StudentGone as gone:
                self.loaded[key] = session, gone
        return self.loaded[key]

    def skipped_cells(self) -> list[str]:
        """Return a sentence for each of the student's extra cells that was not used as a whole."""
        _, report = self.load({})
        if isinstance(report, StudentGone):
            return []
        return [
            f"{cell.id.capitalize()} was {_LEFT_OUT[cell.status]}: "
            f"{without_addresses(cell.message)}."
            for cell in report.cells
            if cell.id.startswith("cell ") and cell.status in _LEFT_OUT
        ]

    def recheck(self, reports: list[CheckReport], question: Question) -> list[CheckReport]:
        """Return the reports with each grader error attributed to the answer or to the check."""
        if all(report.outcome != "grader_error" for report in reports):
            return reports
        self.close()
        return recheck(reports, question, self.assignment, self.sandbox)

    def close(self) -> None:
        """Close all sessions; the next call that needs a worker starts one."""
        for session, _ in self.loaded.values():
            session.close()
