"""Results as plain data, and their JSON files: one per student, written atomically."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from autograder.support.files import file_name, write_atomically

SCHEMA = 1

Status = Literal["graded", "unreadable", "grader_error"]
"""graded · unreadable (not a notebook: score 0, a person should look) · grader_error (ours)."""

Outcome = Literal["passed", "failed", "error", "timeout", "blocked", "grader_error"]


class SchemaError(ValueError):
    """A file that is not a result, or one with another schema."""


@dataclass(frozen=True)
class StoredArtifact:
    """Images or a curve that a check shows of an answer; worth no points.

    Attributes:
        name: What is shown; the course's own artifact has the same name.
        caption: One sentence for readers.
        count: Number of images; 0 for a curve.
        png: Base64 of one PNG with all images, row by row.
        numbers: The points of the curve.
    """

    name: str
    caption: str
    count: int = 0
    png: str = ""
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check, and its points.

    Attributes:
        id: The name of the check's function, without `check_`.
        title: What the check requires, in one sentence.
        score: The points that the answer got.
        max_score: The points of the check.
        message: What was expected and what came; empty if the check passed.
        hint: One line that helps to find the mistake.
        misconception: The name of the known mistake that the answer was recognized as.
        seconds: Wall-clock time.
        shown: Artifacts of the answer; left out if there are none.
    """

    id: str
    title: str
    outcome: Outcome
    score: float
    max_score: float
    message: str = ""
    hint: str | None = None
    misconception: str | None = None
    seconds: float = 0.0
    shown: tuple[StoredArtifact, ...] = ()


@dataclass(frozen=True)
class QuestionResult:
    """The checks of one question.

    Attributes:
        id: The `grade_id` of the answer cell.
        score: The sum of the checks' scores.
        max_score: The points of the question.
        checks: In the order of the rubric.
        notes: What is unusual (a stand-in was used, …), one sentence each.
        stand_ins: The answers that were replaced by stand-ins.
        checks_sha256: The digest of the question when it was graded (see `Question.digest`).
    """

    id: str
    score: float
    max_score: float
    checks: tuple[CheckResult, ...]
    notes: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()
    checks_sha256: str = ""


@dataclass(frozen=True)
class Result:
    """One graded submission.

    Attributes:
        student: The name of the student's folder.
        assignment: The name of the assignment, from the rubric.
        status: `unreadable` is not a notebook, has score 0 and needs a person; `grader_error` is
            a fault of the kit or the machine.
        score: The sum of the questions' scores.
        max_score: The points of the assignment.
        questions: In the order of the rubric.
        message: Why the status is not `graded`, in one sentence; empty otherwise.
        repairs: What was repaired in the notebook before grading, one sentence each.
        sha256: Hash of the submitted bytes.
        checks_sha256: The digest of the assignment (points, checks, setup); empty if some questions
            were reused from a grading with other checks.
        rubric: The path of the rubric, relative to the course.
        rubric_sha256: Hash of the rubric file.
        confinement: The confinement layers that were active while the student's code ran.
        seconds: Wall-clock time of the grading.
        versions: Versions of Python and of the packages that can change a grade.
    """

    student: str
    assignment: str
    status: Status
    score: float
    max_score: float
    questions: tuple[QuestionResult, ...]
    message: str = ""
    repairs: tuple[str, ...] = ()
    sha256: str = ""
    checks_sha256: str = ""
    rubric: str = ""
    rubric_sha256: str = ""
    confinement: tuple[str, ...] = ()
    seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as a JSON object."""
        tree = {"schema": SCHEMA, **asdict(self)}
        for check in (check for question in tree["questions"] for check in question["checks"]):
            if not check["shown"]:
                del check["shown"]  # few checks have artifacts
        return tree

    def to_json(self) -> str:
        """Return the content of the result file."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def with_repair(self, repair: str) -> Result:
        """Return the result with one more repair in front of the others; "" adds none."""
        return replace(self, repairs=(repair, *self.repairs)) if repair else self

    def question(self, question_id: str) -> QuestionResult:
        """Return one question's result.

        Raises:
            KeyError: If the assignment has no such question.
        """
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)


def from_dict(tree: object) -> Result:
    """Return the result that a JSON object describes.

    Raises:
        SchemaError: If it does not describe a result.
    """
    if not isinstance(tree, dict) or tree.get("schema") != SCHEMA:
        raise SchemaError(f"not a result of schema {SCHEMA}")
    values = _known_fields(Result, tree)
    try:
        if values["status"] not in get_args(Status):
            raise SchemaError(f"unknown status {values['status']!r}")
        values["questions"] = tuple(question_from_dict(item) for item in values["questions"])
        for name in ("repairs", "confinement"):
            values[name] = tuple(values.get(name, ()))
        for name in ("score", "max_score"):
            values[name] = float(values[name])
        return Result(**values)
    except (KeyError, TypeError, ValueError) as error:
        raise SchemaError(f"not a complete result: {error}") from None


def question_from_dict(tree: Mapping[str, Any]) -> QuestionResult:
    """Return the question's result that a JSON object describes."""
    checks = tuple(_check_from_dict(item) for item in tree["checks"])
    for check in checks:
        if check.outcome not in get_args(Outcome):
            raise SchemaError(f"unknown outcome {check.outcome!r}")
    texts = {name: tuple(tree.get(name, ())) for name in ("notes", "stand_ins")}
    return QuestionResult(**_known_fields(QuestionResult, tree) | texts | {"checks": checks})


def _check_from_dict(tree: Mapping[str, Any]) -> CheckResult:
    shown = tuple(artifact_from_dict(item) for item in tree.get("shown", ()))
    return CheckResult(**_known_fields(CheckResult, tree) | {"shown": shown})


def without_seconds(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result's JSON without its times: the same for every grading of the same bytes."""

    def bare(part: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in part.items() if name != "seconds"}

    questions = [
        {**one, "checks": [bare(check) for check in one["checks"]]} for one in tree["questions"]
    ]
    return {**bare(tree), "questions": questions}


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
