"""A result as plain text, and the part of it that a student may see. HTML: see `feedback_page`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.results.model import CheckResult, CriterionResult, QuestionResult, Result

MARKS = {
    "passed": "✓",
    "failed": "✗",
    "error": "✗",
    "timeout": "✗",
    "blocked": "–",
    "grader_error": "!",
}
WORDS = {
    "passed": "passed",
    "failed": "failed",
    "error": "your code raised an error",
    "timeout": "timed out",
    "blocked": "could not be run",
    "grader_error": "grader error, not your code; a person will grade this",
}

HAND_IN_AGAIN = (
    "Hand in again: open the notebook in Jupyter, run it once, choose File → Save Notebook, and "
    "hand in the file .ipynb that was saved."
)


def notes_on(result: Result) -> tuple[str, ...]:
    """Return what concerns the whole submission, and what to do next, one sentence each."""
    message = (result.message,) if result.message else ()
    return (*message, *((HAND_IN_AGAIN,) if result.status == "unreadable" else ()), *result.repairs)


def points(part: CriterionResult | QuestionResult | Result) -> str:
    """Return "12 / 20", or "– / 20" if there is no score."""
    return f"{score(part.score)} / {part.max_score:g}"


def score(value: float | None) -> str:
    """Return a score as text, "–" if there is none."""
    return "–" if value is None else f"{round(value, 2):g}"


def failures(criterion: CriterionResult) -> list[CheckResult]:
    """Return the failures that cost a criterion its points, those with a named mistake first."""
    against = [check for check in criterion.checks if check.counts_against]
    return sorted(against, key=lambda one: one.misconception is None)


def one_reason(question: QuestionResult) -> str:
    """Return the reason that all checks share, if none of them could be run."""
    messages = {check.message for check in question.checks}
    unrun = all(check.outcome in {"blocked", "grader_error"} for check in question.checks)
    return messages.pop() if unrun and len(messages) == 1 else ""


def in_short(question: QuestionResult, notes: tuple[str, ...] = ()) -> str:
    """Return what was lost in a question: for each criterion, what failed first, and no more."""
    lines = [f"{question.id}: {points(question)}"]
    lines += [f"  {note}" for note in (*notes, *question.notes)]
    lines += [f"  less {one.points:g}: {one.reason}" for one in question.deductions]
    if reason := one_reason(question):
        return "\n".join([*lines, f"  {reason}"])
    hints: set[str] = set()
    for criterion in question.criteria:
        if not (failed := failures(criterion)):
            continue
        first = failed[0]
        lines.append(f"  {MARKS[first.outcome]} {points(criterion)}  {criterion.title}")
        lines.append(f"    {first.message or f'{first.title} ({WORDS[first.outcome]})'}")
        if first.hint and first.hint not in hints:
            lines.append(f"    hint: {first.hint}")
            hints.add(first.hint)
    return "\n".join(lines)


def as_text(question: QuestionResult, repairs: tuple[str, ...] = ()) -> str:
    """Return a question's result as lines of plain text, with every check."""
    lines = [f"{question.id}: {points(question)}"]
    lines += [f"  note: {note}" for note in (*repairs, *question.notes)]
    lines += [f"  less {one.points:g}: {one.reason}" for one in question.deductions]
    for criterion in question.criteria:
        lines.append(f"  {points(criterion)}  {criterion.title}")
        for check in criterion.checks:
            lines += _check_lines(check)
    return "\n".join(lines)


def _check_lines(check: CheckResult) -> list[str]:
    why = f", because of {check.because}" if check.because else ""
    lines = [f"    {MARKS[check.outcome]} {check.title} ({WORDS[check.outcome]}{why})"]
    if check.outcome != "passed":
        lines += [f"        {check.message}"] if check.message else []
        lines += [f"        hint: {check.hint}"] if check.hint else []
    return lines


def for_students(result: Result, *, hints: bool) -> Result:
    """Return a result as its student may see it."""
    if hints:
        return result
    questions = tuple(
        one.with_checks(replace(check, hint=None) for check in one.checks)
        for one in result.questions
    )
    return replace(result, questions=questions)


def log_of(result: Result) -> str:
    """Return the log of how a submission was graded, as lines of plain text."""
    lines = [
        f"student: {result.student!r}",
        f"assignment: {result.assignment}",
        f"status: {result.status}, {points(result)} points",
        f"took: {result.seconds:.1f} s",
        f"submission: sha256 {result.sha256}",
        f"graded by: {', '.join(f'{name} {version}' for name, version in result.versions.items())}",
        f"confined by: {', '.join(result.confinement) or 'nothing'}",
        *([f"message: {result.message}"] if result.message else []),
        *(f"repaired: {repair}" for repair in result.repairs),
    ]
    for question in result.questions:
        lines += ["", as_text(question), "  seconds:"]
        lines += [f"    {check.seconds:7.3f}  {check.id}" for check in question.checks]
    return "\n".join(lines) + "\n"
