"""The notebooks that `autograder validate` grades: stubs, solutions, and the whole answer bank."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from autograder.assignment.answer_bank import BankEntry, load_bank
from autograder.authoring.solved import filled
from autograder.support.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from autograder.assignment.model import Assignment
    from autograder.notebooks.submitted_file import Submitted

SOLUTIONS, RELEASE, SOURCE = "solutions", "release", "source"


@dataclass(frozen=True)
class Case:
    """One notebook and what is expected of it.

    Attributes:
        name: What `--only` and the output call it.
        kind: `solutions`, `release`, `alternative` or `mistake`.
        notebook: What to grade.
        entry: The known mistake in it; None if all answers are correct, or if there are none.
        question: The question that it is about; None for all.
    """

    name: str
    kind: str
    notebook: Submitted
    entry: BankEntry | None = None
    question: str | None = None


def read_cases(assignment: Assignment, only: Sequence[str] | None = None) -> list[Case]:
    """Return every case of an assignment, or those with the names in `only`.

    Raises:
        UsageError: If there is no case of such a name.
        BankError: If the answer bank has an error.
    """
    answers = load_bank(assignment)
    released = all((assignment.release / name).is_file() for name in assignment.notebooks)
    stubs = {RELEASE: filled(assignment, {}, assignment.release)} if released else {}
    stubs[SOURCE] = filled(assignment, {})
    entries = {
        entry.stem: (kind, entry)
        for kind, group in (("alternative", answers.alternatives), ("mistake", answers.mistakes))
        for entry in group
    }
    _refuse_unknown(only or (), [SOLUTIONS, *stubs, *entries])
    cases = []
    if not only or SOLUTIONS in only:
        cases.append(Case(SOLUTIONS, SOLUTIONS, filled(assignment, answers.answers())))
    cases += [Case(name, RELEASE, stub) for name, stub in stubs.items() if not only or name in only]
    for name, (kind, entry) in entries.items():
        if not only or name in only:
            notebook = filled(assignment, answers.answers(entry))
            mistake = entry if kind == "mistake" else None
            cases.append(Case(name, kind, notebook, mistake, entry.question))
    return cases


def _refuse_unknown(names: Sequence[str], known: Collection[str]) -> None:
    """Raise for names that no case has; the message gives the nearest known name for each."""
    complaints = []
    for name in names:
        if name not in known:
            (nearest,) = get_close_matches(name, known, n=1, cutoff=0)
            complaints.append(f"{name} (nearest: {nearest})")
    if complaints:
        raise UsageError(f"--only: not in the answer bank: {', '.join(complaints)}")
