"""How well mistakes are diagnosed: save their fingerprints, and find wrong diagnoses."""

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
class GradedCase:
    """A graded case; it has an entry if it contains a known mistake.

    Attributes:
        name: The name of the case.
        entry: The mistake that it contains.
        result: Its result.
        with_other_chance: Its results with other random streams.
    """

    name: str
    entry: BankEntry | None
    result: Result
    with_other_chance: tuple[Result, ...] = ()

    @property
    def question(self) -> QuestionResult | None:
        """The result of the question that the mistake is about."""
        if self.entry is None:
            return None
        return self.result.question(self.entry.question)

    @property
    def diagnoses(self) -> set[str]:
        """The mistakes that the result names."""
        asked = [self.question] if self.question else self.result.questions
        return {check.misconception for one in asked for check in one.checks if check.misconception}


def write_fingerprints(folder: Path, graded: Iterable[GradedCase], *, keep: bool = False) -> None:
    """Save how each mistake fails, so that grading recognizes it.

    A mistake that equals another is left out: it is diagnosed as the other.

    Args:
        folder: The folder of the fingerprints' file.
        graded: The graded mistakes.
        keep: Whether to keep the fingerprints of all other mistakes.
    """
    path = folder / fingerprints.FILE
    saved: dict[str, dict[str, dict[str, object]]] = {}
    if keep and path.is_file():
        saved = json.loads(path.read_text(encoding="utf-8"))
    for one in sorted(graded, key=lambda one: one.name):
        if one.entry is None or one.entry.same_as:
            continue
        found = fingerprint_of(one, one.entry)
        said = found.failures
        if said and not all(outcome == "blocked" for outcome, _ in said.values()):
            of_question = saved.setdefault(one.entry.question, {})
            of_question[one.name] = {"hint": found.hint, "said": said}
            if found.perhaps:
                of_question[one.name]["perhaps"] = sorted(found.perhaps)
    ordered = {question: dict(sorted(saved[question].items())) for question in sorted(saved)}
    write_atomically(path, json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")


def fingerprint_of(one: GradedCase, entry: BankEntry) -> fingerprints.Fingerprint:
    """Return how a mistake fails; what depends on chance is marked."""
    results = (one.result, *one.with_other_chance)
    said = [fingerprints.failures(each.question(entry.question).checks) for each in results]
    return fingerprints.learn(one.name, entry.hint or "", said)


def wrong_diagnoses(graded: Sequence[GradedCase]) -> Iterator[tuple[str, str]]:
    """Yield the name of each case with a wrong diagnosis, and a sentence about it.

    A mistake whose entry says `same as` may be diagnosed as the other one; then both must fail in
    the same way.
    """
    by_name = {one.name: one for one in graded}
    for one in graded:
        if one.entry is None:
            for name in sorted(one.diagnoses):
                yield one.name, f"is diagnosed as {name}, but has no known mistake"
            continue
        for name in sorted(one.diagnoses - one.entry.names):
            yield one.name, f"is diagnosed as {name}"
        other = by_name.get(one.entry.same_as or "")
        if other and not _fail_alike(one, other):
            yield one.name, f"is not the same as {other.name}: they fail differently"


def _fail_alike(one: GradedCase, other: GradedCase) -> bool:
    if one.question is None or other.question is None:
        return False
    return fingerprints.same_fingerprint(
        fingerprints.failures(one.question.checks), fingerprints.failures(other.question.checks)
    )


def summary(graded: Sequence[GradedCase]) -> list[str]:
    """Return the numbers of correct and of wrong diagnoses, a line each."""
    mistakes = [one for one in graded if one.entry is not None]
    others = [one for one in graded if one.entry is None]
    wrong = {name for name, _ in wrong_diagnoses(mistakes)}
    diagnosed = [one for one in mistakes if one.diagnoses and one.name not in wrong]
    lines = []
    if mistakes:
        share = len(diagnosed) / len(mistakes)
        lines.append(
            f"diagnosis: {len(diagnosed)} of {len(mistakes)} mistakes named ({share:.0%}), "
            f"{len(wrong)} wrong"
        )
    if others:
        accused = sum(bool(one.diagnoses) for one in others)
        lines.append(f"diagnosis: {accused} of {len(others)} other cases called a mistake")
    return lines
