"""How well mistakes are named: learn their patterns, and say whether a name is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment.answer_bank import BankEntry
from autograder.grading import fingerprints
from autograder.results.model import QuestionResult, Result
from autograder.support.files import write_atomically


@dataclass(frozen=True)
class Graded:
    """A case of the bank and what it came to; no card: a right answer, which must have no name."""

    name: str
    entry: BankEntry | None
    result: Result

    @property
    def question(self) -> QuestionResult | None:
        """The question that the mistake is about, as graded."""
        if self.entry is None:
            return None
        return self.result.question(self.entry.question)

    @property
    def names(self) -> set[str]:
        """The mistakes that were named."""
        asked = [self.question] if self.question else self.result.questions
        return {check.misconception for one in asked for check in one.checks if check.misconception}


def write_patterns(folder: Path, graded: Iterable[Graded], *, keep: bool = False) -> None:
    """Write down the pattern of every mistake, for `patterns.named` to know it by.

    A mistake that is the same as another goes by the other's.

    Args:
        folder: Where the patterns are.
        graded: The mistakes, as graded.
        keep: Whether to keep the patterns of all others: this is a part of the bank only.
    """
    path = folder / fingerprints.FILE
    told: dict[str, dict[str, object]] = {}
    if keep and path.is_file():
        told = json.loads(path.read_text(encoding="utf-8"))
    for one in sorted(graded, key=lambda one: one.name):
        question = one.question
        if one.entry is None or one.entry.same_as or question is None:
            continue
        said = fingerprints.failures(question.checks)
        if said and not all(outcome == "blocked" for outcome, _ in said.values()):
            of_question = told.setdefault(one.entry.question, {})
            of_question[one.name] = {"hint": one.entry.hint, "said": said}
    ordered = {question: dict(sorted(told[question].items())) for question in sorted(told)}
    write_atomically(path, json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")


def misnamed(graded: Sequence[Graded]) -> Iterator[tuple[str, str]]:
    """Yield each case that is called what it is not, with the sentence that says so.

    A mistake whose card says `same as` may have the other one's name; both must then fail alike.
    """
    by_name = {one.name: one for one in graded}
    for one in graded:
        if one.entry is None:
            yield from ((one.name, f"is called {name}, but is right") for name in sorted(one.names))
            continue
        for name in sorted(one.names - one.entry.names):
            yield one.name, f"is called {name}"
        other = by_name.get(one.entry.same_as or "")
        if other and not _alike(one, other):
            yield one.name, f"is not the same as {other.name}: they fail differently"


def _alike(one: Graded, other: Graded) -> bool:
    if one.question is None or other.question is None:
        return False
    return fingerprints.alike(
        fingerprints.failures(one.question.checks), fingerprints.failures(other.question.checks)
    )


def summary(graded: Sequence[Graded]) -> list[str]:
    """Return the numbers, a line each."""
    mistakes = [one for one in graded if one.entry is not None]
    right = [one for one in graded if one.entry is None]
    wrong = {name for name, _ in misnamed(mistakes)}
    good = [one for one in mistakes if one.names and one.name not in wrong]
    lines = []
    if mistakes:
        share = len(good) / len(mistakes)
        lines.append(f"names: {len(good)} of {len(mistakes)} mistakes named ({share:.0%})")
        lines.append(f"names: {len(wrong)} wrong")
    if right:
        accused = sum(bool(one.names) for one in right)
        lines.append(f"names: {accused} of {len(right)} right answers have one")
    return lines
