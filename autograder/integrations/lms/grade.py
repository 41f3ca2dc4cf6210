"""What one student gets: the grader's points alone, or with the marks of a gradebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograder.results.model import Result

_ALIKE = 1e-6  # points; a gradebook keeps the same sums in another order

NOT_GRADED = "not graded yet, grade left empty"
NO_ENTRY = "not in the gradebook, grade left empty (run `nbgrader autograde`)"
WAITS = "a person must mark this in formgrader first, grade left empty"
DIFFERS = (
    "the gradebook has other points than the result, grade left empty "
    "(run `nbgrader autograde --force --student NAME`)"
)
OLD_PENALTY = (
    "the late penalty in the gradebook is from before the last marks "
    "(to renew it, run `nbgrader autograde --force --student NAME`, and confirm the marks)"
)
NO_RESULT = "in the gradebook, but without a result here (run `autograder grade`)"


@dataclass(frozen=True)
class Mark:
    """The points of a cell that a person marks, or whose points a person has changed."""

    name: str
    points: float
    max_points: float


@dataclass(frozen=True)
class Entry:
    """What a gradebook has about one student.

    Attributes:
        points: All points, before the penalty.
        penalty: The points that lateness costs, as the gradebook has them.
        due_penalty: What they are by the rubric for these points; None if no rubric says so.
        waits: Whether a person must still mark something.
        automatic: The autograder's score of each question, as the gradebook has it.
        marks: In the order of the gradebook.
        remarks: What a person wrote about a cell, by its name.
        columns: Further cells of `nbgrader export`, by column.
    """

    points: float
    penalty: float = 0.0
    due_penalty: float | None = None
    waits: bool = False
    automatic: Mapping[str, float | None] = field(default_factory=dict)
    marks: Sequence[Mark] = ()
    remarks: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Grade:
    """One student's grade, as another system gets it.

    Attributes:
        result: What the grader found.
        score: The points; None until the grader or a person has decided.
        max_score: The most that can be reached.
        doubt: Why there is no score.
        entry: What the gradebook has, if one was given and it knows the student.
        before: Score and maximum before the grade was scaled, if it was.
    """

    result: Result
    score: float | None
    max_score: float
    doubt: str = ""
    entry: Entry | None = None
    before: tuple[float, float] | None = None

    @property
    def student(self) -> str:
        """The student's name."""
        return self.result.student

    @property
    def cell(self) -> object:
        """The score, or "" if there is none."""
        return "" if self.score is None else self.score

    def out_of(self, most: float) -> Grade:
        """Return the grade on another scale, in hundredths of a point."""
        if self.score is None:
            return replace(self, max_score=most)
        score = round(self.score * most / self.max_score, 2)
        return replace(self, score=score, max_score=most, before=(self.score, self.max_score))


@dataclass(frozen=True)
class GradebookMarks:
    """What a gradebook has about an assignment: the sum of all points, and students' entries."""

    max_score: float
    entries: Mapping[str, Entry]

    def grade(self, result: Result) -> Grade:
        """Return the grade of one student: the gradebook's points less its penalty."""
        entry = self.entries.get(result.student)
        if entry is None:
            return Grade(result, None, self.max_score, NO_ENTRY)
        doubt = WAITS if entry.waits else DIFFERS if _differs(entry, result) else ""
        score = None if doubt else max(entry.points - entry.penalty, 0.0)
        return Grade(result, score, self.max_score, doubt, entry)


def automatic(result: Result) -> Grade:
    """Return the grade of one student by the autograder's points alone."""
    graded = result.status == "graded"
    score, doubt = (result.score, "") if graded else (None, NOT_GRADED)
    return Grade(result, score, result.max_score, doubt)


def problems_of(grades: Sequence[Grade], marks: GradebookMarks | None) -> dict[str, list[str]]:
    """Return the students whose grades a person must look after, by problem."""
    found: dict[str, list[str]] = {}
    for problem, student in _problems(grades, marks):
        found.setdefault(problem, []).append(student)
    return found


def _problems(grades: Sequence[Grade], marks: GradebookMarks | None) -> Iterator[tuple[str, str]]:
    for one in grades:
        if one.doubt:
            yield one.doubt, one.student
        elif one.entry and one.entry.due_penalty is not None:
            due = min(one.entry.due_penalty, one.entry.points)
            if abs(due - one.entry.penalty) > _ALIKE:
                yield OLD_PENALTY, one.student
    if marks is not None:
        known = {one.student for one in grades}
        yield from ((NO_RESULT, student) for student in marks.entries if student not in known)


def _differs(entry: Entry, result: Result) -> bool:
    """Return whether the gradebook has other points from the autograder than the result."""
    for question in result.questions:
        ours = question.score if result.status == "graded" else None
        theirs = entry.automatic.get(question.id)
        if ours is None or theirs is None:
            if ours is not theirs:
                return True
        elif abs(max(ours, 0.0) - theirs) > _ALIKE:  # no grade cell has less than 0
            return True
    return False
