"""Which grades changed in a regrade, by how much and why: on the terminal and in `regrade.csv`.

The file holds the changes of the current rubric, checks and versions. Changes are appended as they
occur; after an interruption, the next run with the same inputs adds to them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from autograder.results.model import CriterionResult, Result
from autograder.support import csv_tables
from autograder.support.files import write_atomically
from autograder.support.terminal import printable
from autograder.support.versions import same_grades, versions

if TYPE_CHECKING:
    from autograder.assignment.model import Assignment

FILE = "regrade.csv"
_MAX_STUDENTS = 40  # on the terminal; the file has all
_DEDUCTIONS = "deductions"


@dataclass(frozen=True)
class Change:
    """A criterion whose score or checks changed, of a student whose score changed.

    Scores are empty where there is none: the submission, or this criterion, was not graded.
    """

    student: str
    before: float | str
    after: float | str
    change: float
    question: str
    criterion: str
    criterion_change: float
    criterion_before: float | str
    criterion_after: float | str
    points_before: float
    points_after: float
    checks: str
    why: str
    graded_by: str


_HEAD = [field.name for field in fields(Change)]


def changes(old: Result, new: Result, graded_by: str = "") -> Iterator[Change]:
    """Yield the criteria that changed a score; their changes add up to the change of the score.

    Points that were deducted, or are now, have the criterion "deductions".
    """
    if (old.score, old.status) == (new.score, new.status) and _scores(old) == _scores(new):
        return
    before, after = _criteria(old), _criteria(new)
    for key in {**after, **before}:
        was, now = before.get(key), after.get(key)
        checks = _changed_checks(was, now)
        if was and now and was.score == now.score and not checks:
            continue
        yield Change(
            student=new.student,
            before=_short(old.score),
            after=_short(new.score),
            change=_difference(old.score, new.score),
            question=key[0],
            criterion=key[1],
            criterion_change=_difference(was.score if was else 0.0, now.score if now else 0.0),
            criterion_before=_short(was.score if was else 0.0),
            criterion_after=_short(now.score if now else 0.0),
            points_before=was.max_score if was else 0.0,
            points_after=now.max_score if now else 0.0,
            checks=checks,
            why=_why(old, new, key[0], was, now),
            graded_by=graded_by,
        )


def _short(value: float | None) -> float | str:
    return "" if value is None else round(value, 6) + 0.0  # never -0.0


def _difference(before: float | None, after: float | None) -> float:
    return round((after or 0.0) - (before or 0.0), 6) + 0.0


def _scores(result: Result) -> dict[str, float | None]:
    return {question.id: question.score for question in result.questions}


def _criteria(result: Result) -> dict[tuple[str, str], CriterionResult]:
    found = {(one.id, item.id): item for one in result.questions for item in one.criteria}
    for one in result.questions:
        less = sum(deduction.points for deduction in one.deductions)
        if less:
            found[one.id, _DEDUCTIONS] = CriterionResult(_DEDUCTIONS, "", -less, 0.0, ())
    return found


def _changed_checks(was: CriterionResult | None, now: CriterionResult | None) -> str:
    """Return the checks with another outcome, as "rows_are_independent: passed → failed"."""
    before, after = (
        {check.id: check.outcome for check in one.checks} if one else {} for one in (was, now)
    )
    if not before or not after:
        return ""
    return ", ".join(
        f"{name}: {before.get(name, 'absent')} → {after.get(name, 'absent')}"
        for name in {**after, **before}
        if before.get(name) != after.get(name)
    )


def _why(
    old: Result,
    new: Result,
    question: str,
    was: CriterionResult | None,
    now: CriterionResult | None,
) -> str:
    """Return all reasons for a change, separated by commas."""
    reasons = []
    if old.sha256 != new.sha256:
        reasons.append("submission changed")
    if not same_grades(old.versions, new.versions):
        reasons.append("versions changed")
    digests = [_digest(result, question) for result in (old, new)]
    if digests[0] != digests[1]:
        reasons.append("checks or budgets changed")
    if was is None or now is None:
        reasons.append("criteria changed")
    elif was.max_score != now.max_score:
        reasons.append("points changed")
    if _stand_ins(old, question) != _stand_ins(new, question):
        reasons.append("stand-ins changed")
    if old.status == "grader_error" or (was and was.score is None):
        reasons.append("earlier grader error")
    return ", ".join(reasons) or "regraded"


def _digest(result: Result, question: str) -> str:
    """Return the digest of what graded a question; "" if nothing was run."""
    found = [one.checks_sha256 for one in result.questions if one.id == question]
    return found[0] if found else ""


def _stand_ins(result: Result, question: str) -> set[str]:
    return {name for one in result.questions if one.id == question for name in one.stand_ins}


class RegradeLog:
    """The changes of a run, written as they occur.

    Args:
        folder: The folder of the results.
        assignment: The current rubric and checks.
    """

    def __init__(self, folder: Path, assignment: Assignment) -> None:
        inputs = f"{assignment.digest} {sorted(versions().items())}"
        self._graded_by = hashlib.sha256(inputs.encode()).hexdigest()[:12]
        self._path = folder / FILE
        rows = csv_tables.read_rows(self._path)
        self._earlier = [row for row in rows if row[-1:] == [self._graded_by]]
        self.found: list[Change] = []

    def note(self, old: Result | None, new: Result) -> None:
        """Write what changed, if there is an earlier result."""
        found = list(changes(old, new, self._graded_by)) if old else []
        if not found:
            return
        if not self.found and not self._earlier:
            write_atomically(self._path, csv_tables.to_csv([_HEAD]))
        self.found += found
        with self._path.open("a", encoding="utf-8") as file:
            file.write(csv_tables.to_csv(astuple(change) for change in found))

    def close(self) -> None:
        """Sort the file; for students whom this run changed, drop the rows of earlier runs."""
        if not self.found:
            return
        changed = {change.student for change in self.found}
        rows = [row for row in self._earlier if csv_tables.unescape(row[0]) not in changed]
        own = sorted(self.found, key=lambda change: change.student)
        text = csv_tables.to_csv([_HEAD]) + csv_tables.to_csv_unescaped(rows)
        write_atomically(self._path, text + csv_tables.to_csv(astuple(change) for change in own))

    def table(self) -> Table | None:
        """Return the table for the terminal: a row for each student; None if nothing changed."""
        if not self.found:
            return None
        students = list(dict.fromkeys(change.student for change in self.found))
        more = f", the first {_MAX_STUDENTS} shown" if len(students) > _MAX_STUDENTS else ""
        title = f"Results changed for {len(students)} students{more}. All changes: {self._path}"
        table = Table(box=None, pad_edge=False, header_style="bold", title=title)
        table.title_justify = "left"
        for name in ("student", "before", "after", "change", "why"):
            table.add_column(name, justify="left" if name in {"student", "why"} else "right")
        for student in students[:_MAX_STUDENTS]:
            its = [change for change in self.found if change.student == student]
            scores = [str(its[0].before), str(its[0].after), f"{its[0].change:+g}"]
            reasons = Text("\n").join(printable(_reason(change)) for change in its)
            table.add_row(printable(student), *scores, reasons)
        return table


def _reason(change: Change) -> str:
    checks = f": {change.checks}" if change.checks else ""
    return (
        f"{change.criterion_change:+g} {change.question}/{change.criterion}{checks} ({change.why})"
    )
