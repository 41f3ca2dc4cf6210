"""Result files are complete or absent, and round-trip."""

from __future__ import annotations

import json
import subprocess
import sys
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


def test_a_result_round_trips_through_its_file(tmp_path):
    assert model.read(model.write(RESULT, tmp_path / "new")) == RESULT


def test_the_file_has_the_documented_keys(tmp_path):
    tree = json.loads(model.write(RESULT, tmp_path).read_text())
    documented = {"schema", "student", "assignment", "status", "score", "max_score", "questions"}
    assert documented <= tree.keys()
    assert tree["schema"] == 1
    assert {"id", "score", "max_score", "checks"} <= tree["questions"][0].keys()
    in_check = {"id", "title", "outcome", "score", "max_score", "message", "hint", "misconception"}
    assert in_check <= tree["questions"][0]["checks"][0].keys()


def test_keys_of_a_later_version_are_ignored(tmp_path):
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
def test_a_tree_that_is_not_a_result_is_refused(change):
    with pytest.raises(SchemaError):
        model.from_dict(RESULT.to_dict() | change)


def test_an_unknown_outcome_is_refused():
    tree = RESULT.to_dict()
    tree["questions"][0]["checks"][0]["outcome"] = "perfect"
    with pytest.raises(SchemaError, match="perfect"):
        model.from_dict(tree)


def test_a_truncated_file_is_refused_by_name(tmp_path):
    path = model.write(RESULT, tmp_path)
    path.write_text(path.read_text()[:50])
    with pytest.raises(SchemaError, match=r"ada\.json"):
        model.read(path)


def test_a_failed_write_leaves_the_old_file_and_no_temporary_file(tmp_path, monkeypatch):
    model.write(RESULT, tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        model.write(replace(RESULT, score=4.0), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ada.json"]
    assert model.read(tmp_path / "ada.json") == RESULT


def test_nan_is_never_written_to_a_file():
    with pytest.raises(ValueError, match="JSON"):
        replace(RESULT, score=float("nan")).to_json()


def test_reading_results_imports_neither_torch_nor_numpy():
    modules = "model, scoring, artifacts, reuse"
    script = (
        f"import sys; from autograder.results import {modules}; "
        "print({'torch', 'numpy'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert run.stdout == "set()\n"
