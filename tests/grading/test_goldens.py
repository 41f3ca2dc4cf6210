"""The sample class has the results in `goldens/`.

`pytest -m "" tests/grading/test_goldens.py --update-goldens` rewrites them after an intended
change. Read the difference before you commit it: a golden result can preserve a mistake.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from autograder.assignment.rubric import load
from autograder.runners.process_pool import run
from autograder.runners.sandbox_startup import open_sandbox
from autograder.runners.submissions import GradingTask, collect, read_submitted
from tests import sample_class
from tests.sampling import only, selected

if TYPE_CHECKING:
    from autograder.results.model import Result

HERE = Path(__file__).resolve().parent
GOLDENS = HERE / "goldens"
SCHEMA = HERE.parents[1] / "docs" / "reference" / "result.schema.json"
STUDENTS = list(sample_class.CLASS)
SOME = only(("ada", "ben", "dev", "emil", "fatima", "grace", "omar", "wanda"), STUDENTS)

# These differ between runs or machines. tests/results/test_artifacts.py covers `shown`.
VOLATILE = {"seconds", "versions", "confinement", "sha256", "checks_sha256", "shown"}
VOLATILE |= {"rubric", "rubric_sha256"}
# The last digits of a number differ between processors.
NUMBER = re.compile(r"-?\d+(,\d{3})*\.\d+(e[+-]?\d+)?|\b\d+e[+-]?\d+")


@pytest.fixture(scope="module")
def graded(request, tmp_path_factory) -> dict[str, Result]:
    """The results of the students that are asked for, graded once, two at a time."""
    folder = tmp_path_factory.mktemp("class") / "submitted"
    sample_class.write(folder)
    assignment = load()
    tasks = [
        GradingTask(one.student, read_submitted(one))
        for one in collect([folder], assignment)
        if one.student in selected(request, "student")
    ]
    with open_sandbox(assignment) as sandbox:
        steps = [step for step in run(tasks, assignment, sandbox, workers=2) if step]
    return {result.student: result for _, result in steps}


@pytest.mark.parametrize("student", SOME)
def test_the_result_of_each_student_satisfies_the_published_schema(student, graded):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(graded[student].to_json()))


def golden(result: Result) -> dict[str, Any]:
    """Return the part of a result that a golden file contains.

    It has no points, so that they can be changed in the rubric alone: a criterion has the share of
    its points that was earned, a question and the whole say whether they have a score.
    """

    def stable(tree: object) -> object:
        if isinstance(tree, dict):
            left_out = VOLATILE | {"score", "max_score"}
            kept = {key: stable(value) for key, value in tree.items() if key not in left_out}
            return kept | _without_points(tree)
        return [stable(item) for item in tree] if isinstance(tree, (list, tuple)) else tree

    kept = stable(result.to_dict())
    assert isinstance(kept, dict)
    return kept


def _without_points(tree: dict[str, Any]) -> dict[str, object]:
    """Return what stands for the points of a criterion, a question or a result."""
    if "score" not in tree:
        return {}
    score = tree["score"]
    if score is None or "checks" not in tree:
        return {"scored": score is not None}
    return {"share": round(score / tree["max_score"], 3)}


def without_digits(tree: object) -> str:
    """Return a golden as text, with the numbers in messages replaced by #."""

    def masked(part: object, key: str = "") -> object:
        if isinstance(part, dict):
            return {name: masked(value, name) for name, value in part.items()}
        if isinstance(part, list):
            return [masked(item, key) for item in part]
        return NUMBER.sub("#", part) if isinstance(part, str) and key == "message" else part

    return json.dumps(masked(tree), indent=1, ensure_ascii=False)


@pytest.mark.parametrize("student", SOME)
def test_the_result_of_each_student_is_the_golden_one(student, graded, request):
    found = golden(graded[student])
    path = GOLDENS / f"{student}.json"
    if request.config.getoption("--update-goldens"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert path.is_file(), "no golden result yet: run with --update-goldens and read it"
    expected = json.loads(path.read_text(encoding="utf-8"))
    assert without_digits(found) == without_digits(expected)


def test_every_golden_belongs_to_a_student():
    assert {path.stem for path in GOLDENS.glob("*.json")} == set(STUDENTS)


@pytest.mark.parametrize("student", SOME)
def test_each_student_loses_points_exactly_where_the_class_table_says(student, graded):
    points = sample_class.expected(student)
    result = graded[student]
    if points == sample_class.UNREADABLE:
        assert (result.status, result.score) == ("unreadable", None)
        return
    assert result.status == "graded"
    for question, words in zip(result.questions, points.split(), strict=True):
        most = float(words.removeprefix("<"))
        if words.startswith("<"):
            assert question.score < question.max_score == most
        else:
            assert question.score == most
