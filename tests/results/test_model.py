"""Result files: whole or not there, and never anything else than what was written."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from autograder.results import model
from autograder.results.model import CheckResult, QuestionResult, Result, SchemaError

CHECK = CheckResult("c", "A claim.", "failed", 0.0, 4.0, "expected 1, got 2", "a hint", "a-mistake")
RESULT = Result(
    student="ada",
    assignment="tiny",
    status="graded",
    score=0.0,
    max_score=4.0,
    questions=(QuestionResult("q", 0.0, 4.0, (CHECK,), ("a note",)),),
    repairs=("one repair",),
    sha256="ab",
    versions={"python": "3.11"},
)


def test_a_result_comes_back_from_its_file_as_it_was(tmp_path):
    assert model.read(model.write(RESULT, tmp_path / "new")) == RESULT


def test_the_file_has_the_names_that_are_promised(tmp_path):
    tree = json.loads(model.write(RESULT, tmp_path).read_text())
    promised = {"schema", "student", "assignment", "status", "score", "max_score", "questions"}
    assert promised <= tree.keys()
    assert tree["schema"] == 1
    assert {"id", "score", "max_score", "checks"} <= tree["questions"][0].keys()
    in_check = {"id", "title", "outcome", "score", "max_score", "message", "hint", "misconception"}
    assert in_check <= tree["questions"][0]["checks"][0].keys()


def test_keys_of_a_later_version_are_passed_over(tmp_path):
    tree = RESULT.to_dict() | {"new": 1}
    assert model.from_dict(tree) == RESULT


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"status": "fine"},
        {"questions": [{"id": "q"}]},
        {"questions": None},
        {"score": "much"},
        {"student": None, "schema": None},
    ],
)
def test_what_is_not_a_result_is_refused(change):
    with pytest.raises(SchemaError):
        model.from_dict(RESULT.to_dict() | change)


def test_an_unknown_outcome_is_refused():
    tree = RESULT.to_dict()
    tree["questions"][0]["checks"][0]["outcome"] = "perfect"
    with pytest.raises(SchemaError, match="perfect"):
        model.from_dict(tree)


def test_a_file_that_is_cut_short_is_refused_by_name(tmp_path):
    path = model.write(RESULT, tmp_path)
    path.write_text(path.read_text()[:50])
    with pytest.raises(SchemaError, match=r"ada\.json"):
        model.read(path)


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch):
    model.write(RESULT, tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        model.write(replace(RESULT, score=4.0), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ada.json"]
    assert model.read(tmp_path / "ada.json") == RESULT


def test_a_number_that_is_none_never_reaches_a_file():
    with pytest.raises(ValueError, match="JSON"):
        replace(RESULT, score=float("nan")).to_json()
