"""Result files are complete or absent, and round-trip."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.results import files as results_files
from autograder.results.files import SchemaError
from autograder.results.model import (
    CheckResult,
    CriterionResult,
    Deduction,
    QuestionResult,
    Result,
)

CHECK = CheckResult("c", "A claim.", "failed", "expected 1, got 2", "a hint", "a-mistake")
MENDED = CheckResult(
    "d", "Another.", "passed", mend="Made it one.", unmended_outcome="error", unmended_message="oh"
)
CRITERION = CriterionResult("k", "does it", 1.0, 4.0, (CHECK, MENDED))
QUESTION = QuestionResult("q", 0.0, 4.0, (CRITERION,), (Deduction(1.0, "Its name."),), ("a note",))
SCHEMA_1 = Path(__file__).parent / "schema_1.json"
RESULT = Result(
    student="ada",
    assignment="tiny",
    status="graded",
    score=0.0,
    max_score=4.0,
    questions=(QUESTION,),
    repairs=("one repair",),
    sha256="ab",
    versions={"python": "3.11"},
)


def test_a_result_round_trips_through_its_file(tmp_path):
    assert results_files.read(results_files.write(RESULT, tmp_path / "new")) == RESULT


def test_the_file_has_the_documented_keys(tmp_path):
    tree = json.loads(results_files.write(RESULT, tmp_path).read_text())
    documented = {"schema", "student", "assignment", "status", "score", "max_score", "questions"}
    assert documented <= tree.keys()
    assert tree["schema"] == 2
    question = tree["questions"][0]
    assert {"id", "score", "max_score", "criteria", "deductions", "notes"} <= question.keys()
    criterion = question["criteria"][0]
    assert {"id", "title", "score", "max_score", "checks"} <= criterion.keys()
    in_check = {"id", "title", "outcome", "message", "hint", "misconception"}
    assert in_check <= criterion["checks"][0].keys()


def test_fields_that_few_checks_have_are_left_out_where_they_are_empty():
    plain, mended = RESULT.to_dict()["questions"][0]["criteria"][0]["checks"]
    rare = {"because", "mend", "unmended_outcome", "unmended_message", "shown"}
    assert not rare & plain.keys()
    assert rare & mended.keys() == {"mend", "unmended_outcome", "unmended_message"}


def test_a_result_of_schema_1_is_read_with_a_criterion_for_each_check():
    result = results_files.read(SCHEMA_1)
    assert (result.status, result.score) == ("graded", 6.0)
    double, fourfold = result.questions
    assert [(one.id, one.score, one.max_score) for one in double.criteria] == [
        ("doubles_two", 2.0, 2.0),
        ("keeps_the_sign_of_what_it_gets", 0.0, 4.0),
    ]
    assert double.checks[1].misconception == "forgets-the-sign"
    assert double.score == 2.0
    assert fourfold.stand_ins == ("double",)
    assert results_files.from_dict(result.to_dict()) == result  # as schema 2


@pytest.mark.parametrize("status", ["unreadable", "grader_error"])
def test_what_was_not_graded_has_no_score(status):
    tree = RESULT.to_dict() | {"status": status, "score": 0.0}  # as schema 1 wrote it
    assert results_files.from_dict(tree).score is None


def test_the_failure_of_a_mended_check_is_that_of_the_answer_as_it_was():
    assert CHECK.failure == ("failed", "expected 1, got 2")
    assert MENDED.failure == ("error", "oh")
    assert replace(MENDED, unmended_outcome="passed").failure is None
    assert replace(CHECK, outcome="passed").failure is None


def test_keys_of_a_later_version_are_ignored(tmp_path):
    tree = RESULT.to_dict() | {"new": 1}
    assert results_files.from_dict(tree) == RESULT


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 3},
        {"status": "fine"},
        {"questions": [{"id": "q"}]},
        {"questions": None},
        {"score": "much"},
        {"student": None, "schema": None},
    ],
)
def test_a_tree_that_is_not_a_result_is_refused(change):
    with pytest.raises(SchemaError):
        results_files.from_dict(RESULT.to_dict() | change)


def test_an_unknown_outcome_is_refused():
    tree = RESULT.to_dict()
    tree["questions"][0]["criteria"][0]["checks"][0]["outcome"] = "perfect"
    with pytest.raises(SchemaError, match="perfect"):
        results_files.from_dict(tree)


def test_a_truncated_file_is_refused_by_name(tmp_path):
    path = results_files.write(RESULT, tmp_path)
    path.write_text(path.read_text()[:50])
    with pytest.raises(SchemaError, match=r"ada\.json"):
        results_files.read(path)


def test_a_failed_write_leaves_the_old_file_and_no_temporary_file(tmp_path, monkeypatch):
    results_files.write(RESULT, tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        results_files.write(replace(RESULT, score=4.0), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ada.json"]
    assert results_files.read(tmp_path / "ada.json") == RESULT


def test_nan_is_never_written_to_a_file():
    with pytest.raises(ValueError, match="JSON"):
        replace(RESULT, score=float("nan")).to_json()


def test_reading_results_imports_neither_torch_nor_numpy():
    modules = "model, files, scoring, artifacts, reuse"
    script = (
        f"import sys; from autograder.results import {modules}; "
        "print({'torch', 'numpy'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert run.stdout == "set()\n"
