"""The stored fingerprints are those of the answer bank as it is now."""

from __future__ import annotations

import json

import pytest

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from autograder.grading import fingerprints

ASSIGNMENT = load()
BANK = load_bank(ASSIGNMENT)
STORED = json.loads((ASSIGNMENT.staff_checks / fingerprints.FILE).read_text("utf-8"))
LEARN = "run `autograder validate --names`"


@pytest.mark.parametrize("question", ASSIGNMENT.questions, ids=lambda question: question.id)
def test_every_fingerprint_has_the_hint_of_a_mistake_in_the_bank(question):
    hints = {entry.stem: entry.hint for entry in BANK.mistakes if entry.question == question.id}
    stored = {name: one["hint"] for name, one in STORED[question.id].items()}
    assert stored == {name: hints.get(name) for name in stored}, LEARN


@pytest.mark.parametrize("question", ASSIGNMENT.questions, ids=lambda question: question.id)
def test_every_fingerprint_has_messages_of_checks_that_the_rubric_has(question):
    for name, one in STORED[question.id].items():
        assert one["said"], (name, LEARN)
        assert set(one["said"]) <= set(question.check_ids), (name, LEARN)


def test_every_mistake_has_a_fingerprint_or_is_the_same_as_another():
    missing = {
        entry.stem
        for entry in BANK.mistakes
        if not entry.same_as and entry.stem not in STORED[entry.question]
    }
    # These define nothing that can be called, so no check of the rubric reports anything.
    assert missing == {"class-misnamed", "function-misspelt"}, LEARN
