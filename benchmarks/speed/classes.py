"""Make classes from the answer bank: reproducible, and no two submissions equal."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.assignment.answer_bank import Bank, BankEntry, load_bank
from autograder.assignment.model import Assignment
from autograder.authoring.solved import main_filled

HANGS = "def {answer}(*args, **kwargs):\n    while True:\n        pass\n"


def right(assignment: Assignment) -> Iterator[bytes]:
    """Yield right submissions: random combinations of the right answers to each question."""
    return _drawn(assignment, _right_answers)


def mixed(assignment: Assignment) -> Iterator[bytes]:
    """Yield a realistic mix: 60 % right, 30 % with mistakes, 10 % cut short or hanging."""
    good, poor = right(assignment), mistaken(assignment)
    hanging = _hanging(assignment)
    for number in itertools.count():
        place = number % 10
        if place in (2, 5, 8):
            yield next(poor)
        elif place == 9:
            yield next(hanging) if number % 20 == 9 else next(good)[:20_000]
        else:
            yield next(good)


def mistaken(assignment: Assignment) -> Iterator[bytes]:
    """Yield submissions with one mistake, or, in a third of them, two."""

    def choose(known: Bank, chance: random.Random) -> list[BankEntry]:
        wrong = [
            _one_of(known.mistakes, chance) for _ in range(2 if chance.random() < 1 / 3 else 1)
        ]
        return [*_right_answers(known, chance), *wrong]

    return _drawn(assignment, choose)


def untouched(assignment: Assignment) -> Iterator[bytes]:
    """Yield the notebook with its stubs: nothing is graded by running it."""
    return itertools.repeat(assignment.source_notebook.read_bytes())


def single(assignment: Assignment, question: str) -> Iterator[bytes]:
    """Yield submissions that answer one question only, which are graded quickly."""
    known = load_bank(assignment)
    entries = [
        entry for entry in (*known.alternatives, *known.mistakes) if entry.question == question
    ]
    for number, entry in enumerate(itertools.cycle(entries)):
        code = {question: f"{entry.code}\n# {number}\n"}
        yield main_filled(assignment, code)


def write(folder: Path, assignment: Assignment, kind: Iterator[bytes], count: int) -> Path:
    """Write the first `count` submissions of a kind to `folder`, in nbgrader's layout."""
    for number, content in enumerate(itertools.islice(kind, count)):
        path = folder / f"s{number:04}" / assignment.name / assignment.notebook
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    return folder


def _right_answers(known: Bank, chance: random.Random) -> list[BankEntry]:
    return [
        _one_of(
            [solution, *(entry for entry in known.alternatives if entry.question == name)], chance
        )
        for name, solution in known.solutions.items()
    ]


def _one_of(entries: list[BankEntry], chance: random.Random) -> BankEntry:
    return entries[chance.randrange(len(entries))]


def _drawn(
    assignment: Assignment, choose: Callable[[Bank, random.Random], list[BankEntry]]
) -> Iterator[bytes]:
    known, chance = load_bank(assignment), random.Random(0)  # noqa: S311 - not for secrets
    for number in itertools.count():
        answers = known.answers(*choose(known, chance))
        # The comment makes every submission unique.
        answers = {name: f"{code}\n# {number}\n" for name, code in answers.items()}
        yield main_filled(assignment, answers)


def _hanging(assignment: Assignment) -> Iterator[bytes]:
    """Yield submissions in which one function, a different one each time, never returns."""
    functions = [one for one in assignment.questions if one.answer[0].islower()]
    known = load_bank(assignment)
    for question in itertools.cycle(functions):
        code = HANGS.format(answer=question.answer)
        answers = {**known.answers(), question.id: code}
        yield main_filled(assignment, answers)


def only_answers(notebook: bytes, grades: dict[str, str]) -> bytes:
    """Return a notebook reduced to its set-up, its answers, and its grade cells.

    Args:
        notebook: Any submission.
        grades: The code of each grade cell, by its grade_id.
    """
    return _with_checks(notebook, grades, keep=lambda name: name is not None)


def whole(notebook: bytes, grades: dict[str, str]) -> bytes:
    """Return a notebook with all its cells, and with this code in its grade cells."""
    return _with_checks(notebook, grades, keep=lambda _name: True)


def _with_checks(
    notebook: bytes, grades: dict[str, str], keep: Callable[[str | None], bool]
) -> bytes:
    try:
        tree = json.loads(notebook)
    except ValueError:
        return notebook
    kept = []
    for cell in tree["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if cell["cell_type"] == "code" and not keep(name):
            continue
        if name in grades:
            cell["source"] = grades[name]
        kept.append(cell)
    return json.dumps({**tree, "cells": kept}).encode()
