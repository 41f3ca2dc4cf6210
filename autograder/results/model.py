"""What grading comes to: plain data, one JSON file a student, written whole or not at all."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from autograder.support.files import file_name, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = 1

Status = Literal["graded", "unreadable", "grader_error"]
"""graded · unreadable (not a notebook: score 0, needs a human) · grader_error (ours)."""

Outcome = Literal["passed", "failed", "error", "timeout", "blocked", "grader_error"]


class SchemaError(ValueError):
    """A file that is not a result of this program, or one of another version."""


@dataclass(frozen=True)
class Shown:
    """Pictures or a curve that a check shows of an answer; worth no points.

    Attributes:
        count: How many pictures there are; 0 for a curve.
        png: Base64 of one PNG with all pictures, row by row.
        numbers: The curve.
    """

    name: str
    caption: str
    count: int = 0
    png: str = ""
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True)
class CheckResult:
    """What one check came to, and its points."""

    id: str
    title: str
    outcome: Outcome
    score: float
    max_score: float
    message: str = ""
    hint: str | None = None
    misconception: str | None = None
    seconds: float = 0.0
    shown: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class QuestionResult:
    """The checks of one question.

    Attributes:
        notes: What is special (a stand-in was used, …), one sentence each.
        stand_ins: The answers that stand-ins took the place of.
        checks_sha256: Hash of what decides this question's outcomes; points do not.
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
        message: Why the status is not `graded`, in one sentence; empty otherwise.
        repairs: What had to be mended in the notebook before it could be graded.
        sha256: Hash of the submitted bytes.
        checks_sha256: Hash of all else that decides the grade (points, checks, setup); empty if
            some questions were kept of a grading by other checks.
        confinement: The layers that held while the student's code ran.
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
    confinement: tuple[str, ...] = ()
    seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON holds it."""
        tree = {"schema": SCHEMA, **asdict(self)}
        for check in (check for question in tree["questions"] for check in question["checks"]):
            if not check["shown"]:
                del check["shown"]  # few checks show anything
        return tree

    def to_json(self) -> str:
        """Return the text of the result file."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def with_repair(self, repair: str) -> Result:
        """Return the result with one more thing that was mended, before the others."""
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
    """Return the result that a JSON file holds.

    Raises:
        SchemaError: If it is not one.
    """
    if not isinstance(tree, dict) or tree.get("schema") != SCHEMA:
        raise SchemaError(f"not a result of schema {SCHEMA}")
    fields = {key: value for key, value in tree.items() if key in Result.__dataclass_fields__}
    try:
        if fields["status"] not in get_args(Status):
            raise SchemaError(f"unknown status {fields['status']!r}")
        fields["questions"] = tuple(question_from_dict(item) for item in fields["questions"])
        for name in ("repairs", "confinement"):
            fields[name] = tuple(fields.get(name, ()))
        for name in ("score", "max_score"):
            fields[name] = float(fields[name])
        return Result(**fields)
    except (KeyError, TypeError, ValueError) as error:
        raise SchemaError(f"not a whole result: {error}") from None


def question_from_dict(tree: Mapping[str, Any]) -> QuestionResult:
    """Return the question's result that JSON holds."""
    checks = tuple(_check_from_dict(item) for item in tree["checks"])
    for check in checks:
        if check.outcome not in get_args(Outcome):
            raise SchemaError(f"unknown outcome {check.outcome!r}")
    texts = {name: tuple(tree.get(name, ())) for name in ("notes", "stand_ins")}
    return QuestionResult(**_known(QuestionResult, tree) | texts | {"checks": checks})


def _check_from_dict(tree: Mapping[str, Any]) -> CheckResult:
    shown = tuple(shown_from_dict(item) for item in tree.get("shown", ()))
    return CheckResult(**_known(CheckResult, tree) | {"shown": shown})


def timeless(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result's JSON without its times: what every grading of the same bytes gives."""

    def bare(part: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in part.items() if name != "seconds"}

    questions = [
        {**one, "checks": [bare(check) for check in one["checks"]]} for one in tree["questions"]
    ]
    return {**bare(tree), "questions": questions}


def shown_from_dict(tree: Mapping[str, Any]) -> Shown:
    """Return what a check showed that JSON holds."""
    numbers = tuple(float(number) for number in tree.get("numbers", ()))
    return Shown(**_known(Shown, tree) | {"numbers": numbers})


def _known(kind: type, tree: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out keys that a later version added."""
    return {key: value for key, value in tree.items() if key in kind.__dataclass_fields__}  # type: ignore[attr-defined]


def path_of(folder: Path, student: str) -> Path:
    """Return the file for a student's result."""
    return folder / f"{file_name(student)}.json"


def write(result: Result, folder: Path) -> Path:
    """Write a result to its file in `folder`, whole or not at all, whatever happens meanwhile."""
    path = path_of(folder, result.student)
    write_atomically(path, result.to_json())
    return path


def read(path: Path) -> Result:
    """Read a result file.

    Raises:
        SchemaError: If it is not a result, or not a whole one; names the file.
    """
    try:
        return from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise SchemaError(f"{path}: {error}") from None


def read_earlier(folder: Path, student: str) -> Result | None:
    """Return the result of an earlier run, if there is a whole one of this student."""
    try:
        earlier = read(path_of(folder, student))
    except SchemaError:
        return None
    return earlier if earlier.student == student else None


def read_folder(folder: Path) -> list[Result]:
    """Read every result in a folder, in the order of the students' names."""
    return [read(path) for path in sorted(folder.glob("*.json")) if not path.name.startswith(".")]
