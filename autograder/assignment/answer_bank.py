"""Read the bank of answers and put answers into notebooks.

A bank is a folder of small Python files: one reference answer a question, answers that are right
but written differently, and known mistakes. Each file opens with a docstring, its card:

    Reads logvar as log σ.

    caught by: variance_is_exp_logvar
    hint: exp(logvar) is the variance; σ is exp(0.5 · logvar).

The first line is the title; the fields belong to mistakes only. A third one, `same as: <stem>`, is
for a mistake that no input tells from another: either name is right for it. What follows the card
is the answer, as a student would have typed it into the cell. A solved notebook is always made from
a source notebook and this bank, never kept by hand.
"""

from __future__ import annotations

import ast
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from autograder.assignment.model import Assignment

REFERENCE, ALTERNATIVE, MISTAKE = "reference", "alternatives", "mistakes"
NEEDED = ("caught by", "hint")
SAME_AS = "same as"
FIELDS = (*NEEDED, SAME_AS)


class BankError(ValueError):
    """A file of the bank, or a notebook, that has to be mended before it can be used."""


@dataclass(frozen=True)
class BankEntry:
    """One answer to one question, and what is known about it."""

    stem: str
    question: str
    title: str
    caught_by: str | None
    hint: str | None
    code: str
    same_as: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """What a result may call this mistake."""
        return frozenset(filter(None, (self.stem, self.same_as)))


@dataclass(frozen=True)
class Bank:
    """All answers of an assignment; alternatives and mistakes in the order of their questions."""

    solutions: dict[str, BankEntry]
    alternatives: list[BankEntry]
    mistakes: list[BankEntry]

    def answers(self, *entries: BankEntry) -> dict[str, str]:
        """Return the reference answers' code by question, with these cards' code in their place."""
        chosen = self.solutions | {entry.question: entry for entry in entries}
        return {question: entry.code for question, entry in chosen.items()}

    def find(self, stem: str) -> BankEntry:
        """Return the card of the file with this stem.

        Raises:
            KeyError: If no file of the bank has it.
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
        BankError: If the file cannot be read as a card and an answer; says what to do.
    """
    try:
        text = path.read_text(encoding="utf-8")
        module = ast.parse(text)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise BankError(f"{path}: not valid Python ({error}); mend it or remove it") from None
    kind, question = _place(path)
    docstring = ast.get_docstring(module)
    if docstring is None:
        raise BankError(f"{path}: no card; open the file with a docstring that has a title")
    title, fields = _parse(docstring, path)
    code = "".join(text.splitlines(keepends=True)[module.body[0].end_lineno :]).strip()
    if len(module.body) == 1:
        raise BankError(f"{path}: a card without an answer; write the answer below the docstring")
    missing = [name for name in NEEDED if name not in fields] if kind == MISTAKE else []
    if missing:
        raise BankError(f"{path}: a mistake needs a line '{missing[0]}: …' in its card")
    if fields and kind != MISTAKE:
        raise BankError(f"{path}: '{next(iter(fields))}' is for mistakes; remove it from this card")
    return BankEntry(
        stem=path.stem,
        question=question,
        title=title,
        caught_by=fields.get("caught by"),
        hint=fields.get("hint"),
        code=code,
        same_as=fields.get(SAME_AS),
    )


def bank(assignment: Assignment) -> Bank:
    """Read every answer of an assignment.

    Raises:
        BankError: If a file is broken or in the wrong place, a reference answer is missing, or two
            files share a stem.
    """
    questions = [question.id for question in assignment.questions]
    folder = assignment.solutions
    for question in questions:
        if not (folder / f"{question}.py").is_file():
            raise BankError(f"{folder / question}.py: missing; write the reference answer there")
    solutions = {question: read_entry(folder / f"{question}.py") for question in questions}
    _refuse_strays(folder, questions)
    alternatives = _read_folder(folder / ALTERNATIVE, questions)
    mistakes = _read_folder(folder / MISTAKE, questions)
    _refuse_twins([*solutions.values(), *alternatives, *mistakes])
    _refuse_strange_kin(mistakes)
    return Bank(solutions, alternatives, mistakes)


def assemble(notebook: bytes, answers: Mapping[str, str]) -> bytes:
    """Put code into the cells with these grade_ids; leave every other cell as it is.

    Args:
        notebook: A notebook as released or as in the source folder.
        answers: Code by grade_id.

    Returns:
        The notebook with the answers in it, in the layout that Jupyter writes.

    Raises:
        BankError: If the notebook is unreadable, or one of the cells is missing or there twice.
    """
    try:
        tree: dict[str, Any] = json.loads(notebook)
        cells = [cell for cell in tree["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise BankError(
            f"not a notebook of format 4 ({error!r}); open and save it in Jupyter"
        ) from None
    for grade_id, code in answers.items():
        matches = [cell for cell in cells if _grade_id(cell) == grade_id]
        if len(matches) != 1:
            raise BankError(
                f"{len(matches)} code cells have the grade_id '{grade_id}', expected one; "
                "mend the notebook's nbgrader metadata (Create Assignment in JupyterLab)"
            )
        matches[0]["source"] = code.strip("\n").splitlines(keepends=True)
        matches[0]["outputs"] = []
        matches[0]["execution_count"] = None
    return (json.dumps(tree, indent=1, ensure_ascii=False) + "\n").encode()


def write_solved(assignment: Assignment, folder: Path) -> list[Path]:
    """Copy the assignment's source to a folder, with the reference answers in its notebook.

    What the notebooks need (helpers, data) is copied beside them, so that they run there.

    Returns:
        The notebooks, in the order of their names.
    """
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(assignment.source, folder, ignore=ignored, dirs_exist_ok=True)
    solved = folder / assignment.notebook
    solved.write_bytes(assemble(solved.read_bytes(), bank(assignment).answers()))
    return sorted(folder.glob("*.ipynb"))


def _place(path: Path) -> tuple[str, str]:
    """Return what kind of answer lives at this path, and to which question."""
    if path.parent.parent.name in {ALTERNATIVE, MISTAKE}:
        return path.parent.parent.name, path.parent.name
    return REFERENCE, path.stem


def _parse(docstring: str, path: Path) -> tuple[str, dict[str, str]]:
    """Split a card into its title and its fields."""
    title, *rest = [line.strip() for line in docstring.splitlines()]
    fields: dict[str, str] = {}
    for line in filter(None, rest):
        name, colon, value = line.partition(":")
        if not colon or name not in FIELDS or name in fields or not value.strip():
            raise BankError(f"{path}: cannot read the line {line!r} of the card; known: {FIELDS}")
        fields[name] = value.strip()
    return title, fields


def _read_folder(folder: Path, questions: Iterable[str]) -> list[BankEntry]:
    """Read every answer below a folder, question by question, in the order of the file names."""
    return [
        read_entry(path)
        for question in questions
        for path in sorted((folder / question).glob("*.py"))
    ]


def _refuse_strays(folder: Path, questions: list[str]) -> None:
    """Raise for a Python file that no question would find: it would silently not be used."""
    places = {folder / kind / question for kind in (ALTERNATIVE, MISTAKE) for question in questions}
    for path in sorted(folder.rglob("*.py")):
        if path.parent not in places and path not in {folder / f"{name}.py" for name in questions}:
            known = ", ".join(questions)
            raise BankError(f"{path}: belongs to no question; move it to a folder of {known}")


def _refuse_twins(entries: Iterable[BankEntry]) -> None:
    """Raise for two files with one stem: a stem names a mistake in results."""
    seen: dict[str, BankEntry] = {}
    for entry in entries:
        twin = seen.setdefault(entry.stem, entry)
        if twin is not entry:
            raise BankError(
                f"{entry.stem}.py: in {twin.question} and in {entry.question}; rename one of them"
            )


def _refuse_strange_kin(mistakes: Iterable[BankEntry]) -> None:
    """Raise where `same as` names no mistake of the question, or one that names a third."""
    heads = {(entry.question, entry.stem) for entry in mistakes if entry.same_as is None}
    for entry in mistakes:
        if entry.same_as is not None and (entry.question, entry.same_as) not in heads:
            raise BankError(
                f"{entry.stem}.py: '{SAME_AS}: {entry.same_as}' must name a mistake of "
                f"{entry.question} whose own card has no such line"
            )


def _grade_id(cell: Mapping[str, Any]) -> str | None:
    """Return the name that nbgrader knows a cell by."""
    grade_id = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")
    return grade_id if isinstance(grade_id, str) else None
