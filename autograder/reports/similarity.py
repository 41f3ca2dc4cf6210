"""Similar answers that few students gave, for a person to compare.

Results contain single lines of source code only, so this reads the notebooks. Answers are compared
as sequences of tokens, without comments, whitespace and strings, and with one token for every
identifier.
"""

from __future__ import annotations

import hashlib
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.assignment.model import Assignment
from autograder.grading.cell_selection import select_cells
from autograder.notebooks.reader import Unreadable, read
from autograder.notebooks.submitted_file import Submitted, sha256_of
from autograder.results.model import Result

SIMILAR = 0.92  # normalized indel similarity of two sequences of tokens
# Short answers are similar because there are few ways to write them, and an answer that a tenth of
# the class gave says nothing about any two students.
MIN_TOKENS = 60
COMMON = 0.1
_MAX_CHARACTERS = 20_000
# Linear: a string without an end takes the rest of the line, or of the text.
# Pygments is six times slower, and a class of 200 has 800 answers; `tokenize` raises on code that
# does not parse.
_TOKEN = re.compile(
    r"""(?P<skipped>\#[^\n]*|\s+)
      | (?P<text>[rbfuRBFU]{0,2}(?:\"{3}.*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)
                 |"(?:\\.|[^"\\\n])*+"?|'(?:\\.|[^'\\\n])*+'?))
      | (?P<number>\d[\w.]*)
      | (?P<member>\.\s*[^\W\d]\w*)
      | (?P<name>[^\W\d]\w*)
      | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class SimilarPair:
    """Two students with similar answers to these questions; `similarity` is the lowest."""

    students: tuple[str, str]
    questions: tuple[str, ...]
    similarity: float
    both_wrong: bool


def find_similar(
    results: Sequence[Result],
    notebooks: Iterable[tuple[str, Submitted | Unreadable]],
    assignment: Assignment,
) -> list[SimilarPair]:
    """Return the pairs of students with similar answers, the most similar first.

    Args:
        results: The class.
        notebooks: Each student with the submission, read one after the other; one that changed
            after its grading is left out.
        assignment: The graded assignment.
    """
    graded = {one.student: one for one in results if one.status != "unreadable"}
    answers: dict[str, dict[str, str]] = {}
    for name, notebook in notebooks:
        if isinstance(notebook, Unreadable) or name not in graded:
            continue
        if sha256_of(notebook) == graded[name].sha256:
            answers[name] = dict(_answers(notebook, assignment))
    found: dict[tuple[str, str], dict[str, float]] = {}
    for question in assignment.questions:
        texts = {name: own[question.id] for name, own in answers.items() if question.id in own}
        for students, similarity in _rare(texts):
            found.setdefault(students, {})[question.id] = similarity
    pairs = [
        SimilarPair(
            students,
            tuple(sorted(by_question)),
            round(min(by_question.values()), 3),
            any(
                all(_lost(graded[name], question) for name in students) for question in by_question
            ),
        )
        for students, by_question in found.items()
    ]
    return sorted(pairs, key=lambda pair: (-len(pair.questions), -pair.similarity, pair.students))


def _lost(result: Result, question: str) -> bool:
    found = result.question(question)
    return found.score != found.max_score


def _answers(notebook: Submitted, assignment: Assignment) -> Iterator[tuple[str, str]]:
    """Yield each question with the tokens of its answer."""
    files = {assignment.notebook: notebook} if isinstance(notebook, bytes) else notebook
    for part in assignment.parts:
        read_in = read(files.get(part.notebook, b""))
        if isinstance(read_in, Unreadable):
            continue
        selected = select_cells(read_in, part)
        for question in part.questions:
            sources = (
                one.source for one in selected.cells if selected.owner.get(one.id) == question.id
            )
            if tokens := tokens_of("\n".join(sources)):
                yield question.id, tokens


def tokens_of(source: str) -> str:
    """Return a source text with one character for each token; renaming does not change it."""
    letters = []
    for match in _TOKEN.finditer(source[:_MAX_CHARACTERS]):
        kind, text = str(match.lastgroup), match.group()
        if kind in {"skipped", "text"}:  # strings too: docstrings cannot be told apart here
            continue
        if kind == "name" and not keyword.iskeyword(text):
            text = ""
        digest = hashlib.sha256(f"{kind} {''.join(text.split())}".encode()).digest()
        letters.append(chr(0x10000 + int.from_bytes(digest[:2], "big")))
    return "".join(letters)


def _rare(texts: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], float]]:
    """Yield the similar pairs whose members are similar to few others."""
    from rapidfuzz.distance import Indel  # lazy: only `report --submitted` compares answers

    long = {name: text for name, text in texts.items() if len(text) >= MIN_TOKENS}
    similar: dict[str, dict[str, float]] = {name: {} for name in long}
    for one, other in combinations(sorted(long), 2):
        similarity = Indel.normalized_similarity(long[one], long[other], score_cutoff=SIMILAR)
        if similarity:
            similar[one][other] = similar[other][one] = similarity
    few = max(2, COMMON * len(texts))
    for one, others in similar.items():
        if len(others) <= few:
            for other, similarity in others.items():
                if one < other and len(similar[other]) <= few:
                    yield (one, other), similarity
