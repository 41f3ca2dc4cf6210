"""Read the bank of answers.

A bank is a folder of small Python files: one reference answer per question, alternatives (correct
answers that are written differently), and known mistakes. Each file opens with a docstring:

    Reads logvar as log σ.

    caught by: variance_is_exp_logvar
    hint: exp(logvar) is the variance; σ is exp(0.5 · logvar).

The first line is the title; only mistakes have fields. `same as: <stem>` marks a mistake that no
input distinguishes from another: either name is correct for it. `costs: 7-11` says how many points
of its question a mistake should cost; `autograder validate` fails if it costs less or more. The
rest of the file is the answer, as a student would type it into the cell. Solved notebooks are
always generated from a source notebook and this bank, never edited by hand.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment.model import Assignment
from autograder.support.errors import UsageError

_REFERENCE, _ALTERNATIVE, _MISTAKE = "reference", "alternatives", "mistakes"
_REQUIRED = ("caught by", "hint")
_SAME_AS, _COSTS = "same as", "costs"
_FIELDS = (*_REQUIRED, _SAME_AS, _COSTS)
_RANGE = re.compile(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")


class BankError(UsageError):
    """A file of the bank that must be corrected before it can be used."""


@dataclass(frozen=True)
class BankEntry:
    """One answer to one question.

    Attributes:
        stem: File name without suffix; the name of the mistake.
        question: Id of the question.
        title: First line of the docstring.
        caught_by: Id of a check that fails; mistakes only.
        hint: Advice for students; mistakes only.
        code: The answer.
        same_as: Stem of an indistinguishable mistake.
        costs: The least and the most points of the question that it should cost.
    """

    stem: str
    question: str
    title: str
    caught_by: str | None
    hint: str | None
    code: str
    same_as: str | None = None
    costs: tuple[float, float] | None = None

    @property
    def names(self) -> frozenset[str]:
        """The names that a result may give this mistake."""
        return frozenset(filter(None, (self.stem, self.same_as)))


@dataclass(frozen=True)
class Bank:
    """All answers of an assignment; alternatives and mistakes are sorted by question."""

    solutions: dict[str, BankEntry]
    alternatives: list[BankEntry]
    mistakes: list[BankEntry]

    def answers(self, *entries: BankEntry) -> dict[str, str]:
        """Return code by question: these entries, and the reference answers for the rest."""
        chosen = self.solutions | {entry.question: entry for entry in entries}
        return {question: entry.code for question, entry in chosen.items()}

    def find(self, stem: str) -> BankEntry:
        """Return the entry with this stem.

        Raises:
            KeyError: If there is none.
        """
        for entry in (*self.solutions.values(), *self.alternatives, *self.mistakes):
            if entry.stem == stem:
                return entry
        raise KeyError(stem)


def read_entry(path: Path) -> BankEntry:
    """Read one file of the bank.

    Args:
        path: `<question>.py` or `{alternatives,mistakes}/<question>/<stem>.py`.

    Raises:
        BankError: If the file has no valid docstring or no answer.
    """
    try:
        text = path.read_text(encoding="utf-8")
        module = ast.parse(text)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise BankError(f"{path}: not valid Python ({error}); correct or remove it") from None
    kind, question = _kind_and_question(path)
    docstring = ast.get_docstring(module)
    if docstring is None:
        raise BankError(f"{path}: no docstring; start the file with one that has a title")
    title, fields = _title_and_fields(docstring, path)
    code = "".join(text.splitlines(keepends=True)[module.body[0].end_lineno :]).strip()
    if len(module.body) == 1:
        raise BankError(f"{path}: no answer; write it below the docstring")
    missing = [name for name in _REQUIRED if name not in fields] if kind == _MISTAKE else []
    if missing:
        raise BankError(f"{path}: the docstring of a mistake needs a line '{missing[0]}: …'")
    if fields and kind != _MISTAKE:
        raise BankError(f"{path}: only mistakes have '{next(iter(fields))}'; remove that line")
    return BankEntry(
        stem=path.stem,
        question=question,
        title=title,
        caught_by=fields.get("caught by"),
        hint=fields.get("hint"),
        code=code,
        same_as=fields.get(_SAME_AS),
        costs=_read_costs(fields[_COSTS], path) if _COSTS in fields else None,
    )


def load_bank(assignment: Assignment) -> Bank:
    """Read every answer of an assignment.

    Raises:
        BankError: If a file is invalid or in the wrong place, a reference answer is missing, or two
            files share a stem.
    """
    questions = [question.id for question in assignment.questions]
    folder = assignment.solutions
    for question in questions:
        if not (folder / f"{question}.py").is_file():
            raise BankError(f"{folder / question}.py: missing; write the reference answer there")
    solutions = {question: read_entry(folder / f"{question}.py") for question in questions}
    _refuse_misplaced(folder, assignment.rubric_questions)
    alternatives = _read_folder(folder / _ALTERNATIVE, questions)
    mistakes = _read_folder(folder / _MISTAKE, questions)
    _refuse_duplicates([*solutions.values(), *alternatives, *mistakes])
    _refuse_unknown_same_as(mistakes)
    return Bank(solutions, alternatives, mistakes)


def _kind_and_question(path: Path) -> tuple[str, str]:
    """Return the kind of the answer at this path, and its question."""
    if path.parent.parent.name in {_ALTERNATIVE, _MISTAKE}:
        return path.parent.parent.name, path.parent.name
    return _REFERENCE, path.stem


def _title_and_fields(docstring: str, path: Path) -> tuple[str, dict[str, str]]:
    """Split a docstring into its title and its fields."""
    title, *rest = [line.strip() for line in docstring.splitlines()]
    fields: dict[str, str] = {}
    for line in filter(None, rest):
        name, colon, value = line.partition(":")
        if not colon or name not in _FIELDS or name in fields or not value.strip():
            raise BankError(
                f"{path}: cannot read the line {line!r} of the docstring; known: {_FIELDS}"
            )
        fields[name] = value.strip()
    return title, fields


def _read_costs(text: str, path: Path) -> tuple[float, float]:
    """Return the least and the most points that `costs: 7-11`, or `costs: 20`, allows."""
    found = _RANGE.fullmatch(text)
    least, most = (float(found[1]), float(found[2] or found[1])) if found else (1.0, 0.0)
    if least > most:
        raise BankError(f"{path}: 'costs' must be points, as in 'costs: 7-11'; got {text!r}")
    return least, most


def _read_folder(folder: Path, questions: Iterable[str]) -> list[BankEntry]:
    """Read the answers below a folder, sorted by question, then by file name."""
    return [
        read_entry(path)
        for question in questions
        for path in sorted((folder / question).glob("*.py"))
    ]


def _refuse_misplaced(folder: Path, questions: Sequence[str]) -> None:
    """Raise for a Python file that belongs to no question: it would be ignored silently."""
    folders = {
        folder / kind / question for kind in (_ALTERNATIVE, _MISTAKE) for question in questions
    }
    for path in sorted(folder.rglob("*.py")):
        if path.parent not in folders and path not in {folder / f"{name}.py" for name in questions}:
            known = ", ".join(questions)
            raise BankError(f"{path}: belongs to no question; move it to a folder of {known}")


def _refuse_duplicates(entries: Iterable[BankEntry]) -> None:
    """Raise if two files have the same stem: results name a mistake by its stem."""
    seen: dict[str, BankEntry] = {}
    for entry in entries:
        other = seen.setdefault(entry.stem, entry)
        if other is not entry:
            raise BankError(
                f"{entry.stem}.py: in {other.question} and in {entry.question}; rename one of them"
            )


def _refuse_unknown_same_as(mistakes: Iterable[BankEntry]) -> None:
    """Raise if `same as` names no mistake of the question, or one that has a `same as` itself."""
    heads = {(entry.question, entry.stem) for entry in mistakes if entry.same_as is None}
    for entry in mistakes:
        if entry.same_as is not None and (entry.question, entry.same_as) not in heads:
            raise BankError(
                f"{entry.stem}.py: '{_SAME_AS}: {entry.same_as}' must name a mistake of "
                f"{entry.question} that has no such line itself"
            )
