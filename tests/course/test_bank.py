"""The answer bank is well-formed: every file has a docstring and an answer, and all differ."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load

ASSIGNMENT = load()
BANK = load_bank(ASSIGNMENT)  # refuses stray files and duplicate names
ENTRIES = [*BANK.solutions.values(), *BANK.alternatives, *BANK.mistakes]
QUESTIONS = {question.id: question for question in ASSIGNMENT.questions}


def names(entries):
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: entry.stem)


def bare(code):
    """Return the structure of code, without comments, docstrings and layout."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)


def outline(code):
    """Return name, arguments and docstring of each definition, in order."""
    return [
        (
            node.name,
            ast.unparse(node.args) if isinstance(node, ast.FunctionDef) else "",
            ast.get_docstring(node),
        )
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]


@names(ENTRIES)
def test_the_answer_compiles(entry):
    compile(entry.code, entry.stem, "exec", dont_inherit=True)


@names(ENTRIES)
def test_the_title_is_a_sentence(entry):
    assert re.fullmatch(r"\S.*\.", entry.title)
    assert len(entry.title) <= 100


@names([*BANK.alternatives, *BANK.mistakes])
def test_the_stem_is_kebab_case(entry):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.stem)


@names(BANK.mistakes)
def test_a_mistake_has_a_hint_and_names_a_check_of_its_question(entry):
    assert entry.hint
    assert entry.caught_by in QUESTIONS[entry.question].check_ids


def test_no_two_files_have_the_same_code():
    seen = Counter((entry.question, bare(entry.code)) for entry in ENTRIES)
    twice = [entry.stem for entry in ENTRIES if seen[entry.question, bare(entry.code)] > 1]
    assert not twice


def test_every_question_has_alternatives_and_mistakes():
    alternatives = Counter(entry.question for entry in BANK.alternatives)
    mistakes = Counter(entry.question for entry in BANK.mistakes)
    assert all(alternatives[question] >= 5 and mistakes[question] >= 12 for question in QUESTIONS)


@names(BANK.solutions.values())
def test_the_reference_has_the_stub_s_names_arguments_and_docstrings(entry):
    cells = ASSIGNMENT.cells[QUESTIONS[entry.question].notebook]
    stub = next(cell.source for cell in cells if cell.grade_id == entry.question)
    assert outline(entry.code) == outline(stub), "copy signatures and docstrings from the notebook"
