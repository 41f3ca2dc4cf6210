"""Answers that are nearly the same and that few others gave: for a person to look at, no more.

Results hold nothing of a submission, so this reads the notebooks themselves. What is compared are
an answer's tokens: comments and blanks are gone, and names of the student's own choice are all one.
"""

from __future__ import annotations

import hashlib
import keyword
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.assignment.model import Assignment
from autograder.grading.cell_selection import take
from autograder.notebooks.reader import Unreadable, read
from autograder.results.model import Result

SAME = 0.92  # of two sequences of tokens, what one keeps of the other
# Short answers are alike because there is one way to write them. So are long ones that a tenth of
# the class has written; those tell nothing of two students.
MIN_TOKENS = 60
COMMON = 0.1
_MAX_CHARACTERS = 20_000
_TOKEN = re.compile(
    r"""(?P<gone>\#[^\n]*|\s+)
      | (?P<text>[rbfuRBFU]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}
                 |"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
      | (?P<number>\d[\w.]*)
      | (?P<member>\.\s*[^\W\d]\w*)
      | (?P<name>[^\W\d]\w*)
      | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Pair:
    """Two students whose answers to these questions are nearly the same."""

    students: tuple[str, str]
    questions: tuple[str, ...]
    similarity: float
    both_wrong: bool


def find(
    results: Sequence[Result], notebooks: dict[str, bytes], assignment: Assignment
) -> list[Pair]:
    """Return the pairs that a person should look at, the likest first.

    Args:
        results: The class.
        notebooks: What they handed in; only what the result is of is looked at.
        assignment: What they answered.
    """
    graded = {
        one.student: one
        for one in results
        if hashlib.sha256(notebooks.get(one.student, b"")).hexdigest() == one.sha256
    }
    answers = {name: dict(_answers(notebooks[name], assignment)) for name in graded}
    found: dict[tuple[str, str], dict[str, float]] = {}
    for question in assignment.questions:
        texts = {name: told[question.id] for name, told in answers.items() if question.id in told}
        for pair, how_much in _rare(texts):
            found.setdefault(pair, {})[question.id] = how_much
    pairs = [
        Pair(
            pair,
            tuple(sorted(of)),
            round(min(of.values()), 3),
            any(all(_lost(graded[name], question) for name in pair) for question in of),
        )
        for pair, of in found.items()
    ]
    return sorted(pairs, key=lambda pair: (-len(pair.questions), -pair.similarity, pair.students))


def _lost(result: Result, question: str) -> bool:
    found = result.question(question)
    return found.score < found.max_score


def _answers(notebook: bytes, assignment: Assignment) -> Iterator[tuple[str, str]]:
    """Yield each question's tokens, one character for each kind of token."""
    read_in = read(notebook)
    if isinstance(read_in, Unreadable):
        return
    taken = take(read_in, assignment)
    for question in assignment.questions:
        sources = [cell.source for cell in taken.cells if taken.owner.get(cell.id) == question.id]
        if tokens := "".join(map(tokens_of, sources)):
            yield question.id, tokens


def tokens_of(source: str) -> str:
    """Return a text with one letter for each token: the same for what is only renamed."""
    letters = []
    for match in _TOKEN.finditer(source[:_MAX_CHARACTERS]):
        kind, text = str(match.lastgroup), match.group()
        if kind in {"gone", "text"}:  # docstrings are told from others by nothing here
            continue
        if kind == "name" and not keyword.iskeyword(text):
            text = ""
        told = hashlib.sha256(f"{kind} {''.join(text.split())}".encode()).digest()
        letters.append(chr(0x10000 + int.from_bytes(told[:2], "big")))
    return "".join(letters)


def _rare(texts: dict[str, str]) -> Iterator[tuple[tuple[str, str], float]]:
    """Yield the pairs that are nearly the same and that few others are like."""
    from rapidfuzz.distance import Indel  # nbgrader brings it along

    long = {name: text for name, text in texts.items() if len(text) >= MIN_TOKENS}
    alike: dict[str, dict[str, float]] = {name: {} for name in long}
    for one, other in combinations(sorted(long), 2):
        how_much = Indel.normalized_similarity(long[one], long[other], score_cutoff=SAME)
        if how_much:
            alike[one][other] = alike[other][one] = how_much
    few = max(2, COMMON * len(texts))
    for one, others in alike.items():
        if len(others) <= few:
            for other, how_much in others.items():
                if one < other and len(alike[other]) <= few:
                    yield (one, other), how_much
