"""Who has another grade than before, by how much, and why: on the terminal and as `regrade.csv`.

The file tells what came of the present checks and points. A run that is interrupted has written
down its part; the next run, if it grades by the same, adds to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from autograder.results.model import CheckResult, Result
from autograder.support import csv_tables
from autograder.support.files import write_atomically
from autograder.support.terminal import printable
from autograder.support.versions import alike, versions

if TYPE_CHECKING:
    from autograder.assignment.model import Assignment

FILE = "regrade.csv"
_SHOWN = 40  # students on the terminal; the file has all


@dataclass(frozen=True)
class Change:
    """A check that has another score or outcome than before, of a student with another score."""

    student: str
    before: float
    after: float
    change: float
    question: str
    check: str
    check_change: float
    outcome_before: str
    outcome_after: str
    points_before: float
    points_after: float
    why: str
    graded_by: str


_HEAD = [field.name for field in fields(Change)]


def changes(old: Result, new: Result, graded_by: str = "") -> Iterator[Change]:
    """Yield the checks that made a score another one; the parts add up to the whole."""
    if (old.score, old.status) == (new.score, new.status) and _scores(old) == _scores(new):
        return
    before, after = _checks(old), _checks(new)
    for key in {**after, **before}:
        was, now = before.get(key), after.get(key)
        if was and now and (was.score, was.outcome) == (now.score, now.outcome):
            continue
        score_before, score_after = was.score if was else 0.0, now.score if now else 0.0
        yield Change(
            student=new.student,
            before=_short(old.score),
            after=_short(new.score),
            change=_short(new.score - old.score),
            question=key[0],
            check=key[1],
            check_change=_short(score_after - score_before),
            outcome_before=was.outcome if was else "not there",
            outcome_after=now.outcome if now else "not there",
            points_before=was.max_score if was else 0.0,
            points_after=now.max_score if now else 0.0,
            why=_why(old, new, key[0], was, now),
            graded_by=graded_by,
        )


def _short(value: float) -> float:
    return round(value, 6) + 0.0  # never -0.0


def _scores(result: Result) -> dict[str, float]:
    return {question.id: question.score for question in result.questions}


def _checks(result: Result) -> dict[tuple[str, str], CheckResult]:
    return {(one.id, check.id): check for one in result.questions for check in one.checks}


def _why(
    old: Result, new: Result, question: str, was: CheckResult | None, now: CheckResult | None
) -> str:
    """Return what is another than before; more than one thing may be."""
    reasons = []
    if old.sha256 != new.sha256:
        reasons.append("another submission")
    if not alike(old.versions, new.versions):
        reasons.append("other versions")
    digests = [_digest(result, question) for result in (old, new)]
    if was is None or now is None or digests[0] != digests[1]:
        reasons.append("other checks or budgets")
    if was and now and was.max_score != now.max_score:
        reasons.append("other points")
    if _stand_ins(old, question) != _stand_ins(new, question):
        reasons.append("other stand-ins")
    if old.status == "grader_error" or (was and was.outcome == "grader_error"):
        reasons.append("the grader had failed")
    return ", ".join(reasons) or "graded again"


def _digest(result: Result, question: str) -> str:
    """Return what a question was graded by; nothing was where nothing could be run."""
    found = [one.checks_sha256 for one in result.questions if one.id == question]
    return found[0] if found else ""


def _stand_ins(result: Result, question: str) -> set[str]:
    return {name for one in result.questions if one.id == question for name in one.stand_ins}


class Ledger:
    """The changes of a run, written down as they come.

    Args:
        folder: The folder with the results.
        assignment: What is graded by.
    """

    def __init__(self, folder: Path, assignment: Assignment) -> None:
        told = f"{assignment.digest} {sorted(versions().items())}"
        self._graded_by = hashlib.sha256(told.encode()).hexdigest()[:12]
        self._path = folder / FILE
        rows = csv_tables.rows_of(self._path)
        self._earlier = [row for row in rows if row[-1:] == [self._graded_by]]
        self.found: list[Change] = []

    def note(self, old: Result | None, new: Result) -> None:
        """Write down what is another than before, if there was a result before."""
        found = list(changes(old, new, self._graded_by)) if old else []
        if not found:
            return
        if not self.found and not self._earlier:
            write_atomically(self._path, csv_tables.text_of([_HEAD]))
        self.found += found
        with self._path.open("a", encoding="utf-8") as file:
            file.write(csv_tables.text_of(astuple(change) for change in found))

    def close(self) -> None:
        """Put the file in order: what this run found, in place of what it said before of them."""
        if not self.found:
            return
        anew = {change.student for change in self.found}
        rows = [row for row in self._earlier if csv_tables.plain(row[0]) not in anew]
        own = sorted(self.found, key=lambda change: change.student)
        text = csv_tables.text_of([_HEAD]) + csv_tables.text_of_safe(rows)
        write_atomically(self._path, text + csv_tables.text_of(astuple(change) for change in own))

    def table(self) -> Table | None:
        """Return what people read: a line for each student, the checks that did it below."""
        if not self.found:
            return None
        students = list(dict.fromkeys(change.student for change in self.found))
        more = f"; the first {_SHOWN} are shown" if len(students) > _SHOWN else ""
        title = f"Another result than before: {len(students)} students{more}. All: {self._path}"
        table = Table(box=None, pad_edge=False, header_style="bold", title=title)
        table.title_justify = "left"
        for name in ("student", "before", "after", "change", "why"):
            table.add_column(name, justify="left" if name in {"student", "why"} else "right")
        for student in students[:_SHOWN]:
            its = [change for change in self.found if change.student == student]
            told = [f"{its[0].before:g}", f"{its[0].after:g}", f"{its[0].change:+g}"]
            reasons = Text("\n").join(printable(_reason(change)) for change in its)
            table.add_row(printable(student), *told, reasons)
        return table


def _reason(change: Change) -> str:
    outcome = change.outcome_after
    if change.outcome_before != outcome:
        outcome = f"{change.outcome_before} → {outcome}"
    where = f"{change.question}/{change.check}"
    return f"{change.check_change:+g} {where}: {outcome} ({change.why})"
