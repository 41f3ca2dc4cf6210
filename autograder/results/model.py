"""Results as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

SCHEMA = 2
# Fields of a check that are left out where they are empty.
_RARE = ("because", "mend", "unmended_outcome", "unmended_message", "shown", "code")

Status = Literal["graded", "unreadable", "grader_error"]
"""graded · unreadable (not a notebook) · grader_error (ours); the last two have no score."""

Outcome = Literal["passed", "failed", "error", "timeout", "blocked", "grader_error"]


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
class CodeLine:
    """A line of the student's code that a failure is about.

    Attributes:
        cell: The `grade_id` of the cell, or `cell 12` for a cell without one.
        number: The number of the line in the cell, from 1.
        text: The line, without indentation.
        begins: Whether the function that failed begins here; otherwise the line itself raised.
    """

    cell: str
    number: int
    text: str
    begins: bool


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check: the evidence for a criterion.

    Attributes:
        id: The name of the check's function, without `check_`.
        title: What the check requires, in one sentence.
        message: What was expected and what came; empty if the check passed.
        hint: One line that helps to find the mistake.
        misconception: The name of the known mistake that the answer was recognized as.
        seconds: Wall-clock time.
        because: The id of the failed check that this failure is a consequence of. Such a failure
            costs nothing.
        mend: What was mended in the answer before this check, in one sentence; empty if nothing.
        unmended_outcome: The outcome without the mend, if there is one.
        unmended_message: The message without the mend, if there is one.
        shown: Artifacts of the answer; left out if there are none.
        code: The line of the student's code that the failure is about; left out if unknown.
    """

    id: str
    title: str
    outcome: Outcome
    message: str = ""
    hint: str | None = None
    misconception: str | None = None
    seconds: float = 0.0
    because: str = ""
    mend: str = ""
    unmended_outcome: Outcome | Literal[""] = ""
    unmended_message: str = ""
    shown: tuple[StoredArtifact, ...] = ()
    code: CodeLine | None = None

    @property
    def counts_against(self) -> bool:
        """Whether the check did not pass, and no other failure is the reason."""
        return self.outcome != "passed" and not self.because

    @property
    def failure(self) -> tuple[str, str] | None:
        """The outcome and the message of the answer as it was, if it failed the check."""
        if self.mend:
            found: tuple[str, str] = self.unmended_outcome, self.unmended_message
        else:
            found = self.outcome, self.message
        return None if found[0] == "passed" else found


@dataclass(frozen=True)
class CriterionResult:
    """The points for one criterion, and the checks that decided them.

    Attributes:
        id: The criterion's id in the rubric.
        title: What the answer must do, in a student's words.
        score: The points that the answer got; None if the grader could not decide.
        max_score: The points of the criterion.
        checks: The checks that decide the criterion.
    """

    id: str
    title: str
    score: float | None
    max_score: float
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True)
class Deduction:
    """Points taken off a question for something that is no criterion.

    Attributes:
        points: How many.
        reason: One sentence.
    """

    points: float
    reason: str


@dataclass(frozen=True)
class QuestionResult:
    """The criteria of one question.

    Attributes:
        id: The `grade_id` of the answer cell.
        score: The sum of the criteria's scores less the deductions; None if a criterion has none.
        max_score: The points of the question.
        criteria: In the order of the rubric.
        deductions: Points that were taken off.
        notes: What is unusual (a stand-in was used, …), one sentence each.
        stand_ins: The answers that were replaced by stand-ins.
        checks_sha256: The digest of the question when it was graded (see `Question.digest`).
    """

    id: str
    score: float | None
    max_score: float
    criteria: tuple[CriterionResult, ...]
    deductions: tuple[Deduction, ...] = ()
    notes: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()
    checks_sha256: str = ""

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """The checks of all criteria."""
        return tuple(check for criterion in self.criteria for check in criterion.checks)

    def with_checks(self, checks: Iterable[CheckResult]) -> QuestionResult:
        """Return the result with other texts in the same checks."""
        by_id = {check.id: check for check in checks}
        criteria = (
            replace(one, checks=tuple(by_id[check.id] for check in one.checks))
            for one in self.criteria
        )
        return replace(self, criteria=tuple(criteria))


@dataclass(frozen=True)
class Result:
    """One graded submission.

    Attributes:
        student: The name of the student's folder.
        assignment: The name of the assignment, from the rubric.
        status: `unreadable` is not a notebook, and needs a person; `grader_error` is a fault of
            the kit or the machine.
        score: The sum of the questions' scores; None if the status is not `graded`.
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
    score: float | None
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
        for check in checks_in(tree):
            for name in _RARE:
                if not check[name]:
                    del check[name]
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


def checks_in(tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all checks of a result's JSON object."""
    criteria = (criterion for question in tree["questions"] for criterion in question["criteria"])
    return [check for criterion in criteria for check in criterion["checks"]]
