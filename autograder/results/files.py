"""The JSON files of results: one per student, written atomically."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from autograder.results.model import (
    SCHEMA,
    CheckResult,
    CodeLine,
    CriterionResult,
    Deduction,
    Outcome,
    QuestionResult,
    Result,
    Status,
    StoredArtifact,
    checks_in,
)
from autograder.support.files import file_name, write_atomically

_READABLE = (1, SCHEMA)  # of schema 1, each check becomes a criterion


class SchemaError(ValueError):
    """A file that is not a result, or one with another schema."""


def from_dict(tree: object) -> Result:
    """Return the result that a JSON object describes.

    Raises:
        SchemaError: If it does not describe a result.
    """
    if not isinstance(tree, dict) or tree.get("schema") not in _READABLE:
        raise SchemaError(f"not a result of schema {' or '.join(map(str, _READABLE))}")
    values = _known_fields(Result, tree)
    try:
        if values["status"] not in get_args(Status):
            raise SchemaError(f"unknown status {values['status']!r}")
        values["questions"] = tuple(question_from_dict(item) for item in values["questions"])
        for name in ("repairs", "confinement"):
            values[name] = tuple(values.get(name, ()))
        values["max_score"] = float(values["max_score"])
        values["score"] = _number(values["score"]) if values["status"] == "graded" else None
        return Result(**values)
    except (KeyError, TypeError, ValueError) as error:
        raise SchemaError(f"not a complete result: {error}") from None


def question_from_dict(tree: Mapping[str, Any]) -> QuestionResult:
    """Return the question's result that a JSON object describes."""
    criteria = tree["criteria"] if "criteria" in tree else map(_criterion_of_check, tree["checks"])
    values = _known_fields(QuestionResult, tree)
    values["score"] = _number(values["score"])
    values["criteria"] = tuple(map(_criterion_from_dict, criteria))
    values["deductions"] = tuple(
        Deduction(float(one["points"]), str(one["reason"])) for one in tree.get("deductions", ())
    )
    texts = {name: tuple(tree.get(name, ())) for name in ("notes", "stand_ins")}
    return QuestionResult(**values | texts)


def _criterion_of_check(check: Mapping[str, Any]) -> dict[str, Any]:
    """Return a check of schema 1, which had points of its own, as a criterion of one check."""
    return {
        "id": check["id"],
        "title": check["title"],
        "score": None if check["outcome"] == "grader_error" else check["score"],
        "max_score": check["max_score"],
        "checks": [check],
    }


def _criterion_from_dict(tree: Mapping[str, Any]) -> CriterionResult:
    values = _known_fields(CriterionResult, tree)
    values["score"] = _number(values["score"])
    values["checks"] = tuple(_check_from_dict(item) for item in tree["checks"])
    return CriterionResult(**values)


def _check_from_dict(tree: Mapping[str, Any]) -> CheckResult:
    shown = tuple(artifact_from_dict(item) for item in tree.get("shown", ()))
    code = CodeLine(**_known_fields(CodeLine, tree["code"])) if tree.get("code") else None
    check = CheckResult(**_known_fields(CheckResult, tree) | {"shown": shown, "code": code})
    if check.outcome not in get_args(Outcome):
        raise SchemaError(f"unknown outcome {check.outcome!r}")
    return check


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type] # TypeError is caught


def without_seconds(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result's JSON without its times: the same for every grading of the same bytes."""
    bare: dict[str, Any] = json.loads(json.dumps(tree))
    for part in (bare, *checks_in(bare)):
        del part["seconds"]
    return bare


def artifact_from_dict(tree: Mapping[str, Any]) -> StoredArtifact:
    """Return the artifact that a JSON object describes."""
    numbers = tuple(float(number) for number in tree.get("numbers", ()))
    return StoredArtifact(**_known_fields(StoredArtifact, tree) | {"numbers": numbers})


def _known_fields(kind: type, tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the items that are fields of a dataclass; a later version may add others."""
    names = {one.name for one in fields(kind)}
    return {key: value for key, value in tree.items() if key in names}


def path_of(folder: Path, student: str) -> Path:
    """Return the path of a student's result file."""
    return folder / f"{file_name(student)}.json"


def write(result: Result, folder: Path) -> Path:
    """Write a result to its file in `folder`, atomically, and return the path."""
    path = path_of(folder, result.student)
    write_atomically(path, result.to_json())
    return path


def read(path: Path) -> Result:
    """Read a result file.

    Raises:
        SchemaError: If it is not a complete result; the message names the file.
    """
    try:
        return from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise SchemaError(f"{path}: {error}") from None


def read_earlier(folder: Path, student: str) -> Result | None:
    """Return this student's result of an earlier run, None if there is no complete one."""
    try:
        earlier = read(path_of(folder, student))
    except SchemaError:
        return None
    return earlier if earlier.student == student else None


def read_folder(folder: Path) -> list[Result]:
    """Read every result in a folder, sorted by file name."""
    return [read(path) for path in sorted(folder.glob("*.json")) if not path.name.startswith(".")]
