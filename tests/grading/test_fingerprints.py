"""A wrong answer is named only if its fingerprint is that of exactly one known mistake."""

from __future__ import annotations

import json

import pytest

from autograder.grading import fingerprints
from autograder.results.model import QuestionResult
from tests import made

WIDE = "f: expected standard deviation 2.718 ± 0.095 (20,000 draws), got {}"


def question(**said: str) -> QuestionResult:
    checks = [
        made.check(name, name, "failed" if message else "passed", message)
        for name, message in said.items()
    ]
    return made.question("q", 0.0, float(len(checks)), checks)


@pytest.fixture
def folder(tmp_path, request):
    mistakes = {
        name: {"hint": f"not {name}", "said": {c: ["failed", m] for c, m in said.items()}}
        for name, said in request.param.items()
    }
    (tmp_path / fingerprints.FILE).write_text(json.dumps({"q": mistakes}))
    return tmp_path


def name_of(result: QuestionResult, folder) -> list[tuple[str | None, str | None]]:
    named = fingerprints.name_mistake(result, folder)
    return [(c.misconception, c.hint) for c in named.checks if c.misconception]


ONE = {"halved": {"a": "f: expected v = 2.000, got 1.000", "b": "f: expected 2, got 1"}}
TWINS = {"one": {"a": "f: expected 2, got 1"}, "other": {"a": "f: expected 2, got 1"}}
VAGUE = {"one": {"a": "f: expected that mu can be negative, it cannot"}}
CHANCE = {"squared": {"a": WIDE.format("7.389")}}


@pytest.mark.parametrize("folder", [ONE], indirect=True)
def test_an_answer_with_the_fingerprint_of_a_known_mistake_gets_its_name_and_hint(folder):
    same = question(a="f: expected v = 2.000, got 1.001", b="f: expected 2, got 1", c="")
    assert name_of(same, folder) == [("halved", "not halved")]


@pytest.mark.parametrize("folder", [ONE], indirect=True)
@pytest.mark.parametrize(
    "said",
    [
        {"a": "f: expected v = 2.000, got 1.000", "b": ""},
        {"a": "f: expected v = 2.000, got 1.000", "b": "f: expected 2, got 1", "c": "more"},
        {"a": "f: expected v = 2.000, got 1.010", "b": "f: expected 2, got 1"},
        {"a": "", "b": ""},
    ],
)
def test_an_answer_that_fails_fewer_or_more_checks_or_with_another_number_gets_no_name(
    folder, said
):
    assert name_of(question(**said), folder) == []


@pytest.mark.parametrize("folder", [TWINS], indirect=True)
def test_a_fingerprint_of_two_mistakes_gets_no_name(folder):
    assert name_of(question(a="f: expected 2, got 1"), folder) == []


@pytest.mark.parametrize("folder", [VAGUE], indirect=True)
def test_a_message_that_does_not_say_what_the_answer_returned_gets_no_name(folder):
    assert name_of(question(a="f: expected that mu can be negative, it cannot"), folder) == []


@pytest.mark.parametrize("folder", [CHANCE], indirect=True)
@pytest.mark.parametrize(("came", "named"), [("7.401", True), ("6.500", False)])
def test_an_estimate_may_differ_by_chance_only(folder, came, named):
    assert bool(name_of(question(a=WIDE.format(came)), folder)) is named
