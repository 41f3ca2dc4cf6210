"""A question's result in words, as plain text and as HTML with nothing of the student's live."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from autograder import drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.results import CheckResult, QuestionResult, Result, Shown

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
    "failed": "not yet",
    "error": "your code raised",
    "timeout": "did not come back in time",
    "blocked": "could not be run",
    "grader_error": "grader error, not your code; no points lost",
}


def points(score: float, max_score: float) -> str:
    """Return "12 / 20"."""
    return f"{score:g} / {max_score:g}"


def as_text(question: QuestionResult, repairs: tuple[str, ...] = ()) -> str:
    """Return a question's result as lines of plain text."""
    lines = [f"{question.id}: {points(question.score, question.max_score)}"]
    lines += [f"  note: {note}" for note in (*repairs, *question.notes)]
    for check in question.checks:
        lines.append(f"  {MARKS[check.outcome]} {check.title} ({_told(check)})")
        if check.outcome != "passed":
            lines += [f"      {check.message}"] if check.message else []
            lines += [f"      hint: {check.hint}"] if check.hint else []
    return "\n".join(lines)


def for_students(result: Result, *, hints: bool) -> Result:
    """Return a result as its student may see it."""
    if hints:
        return result
    questions = tuple(
        replace(one, checks=tuple(replace(check, hint=None) for check in one.checks))
        for one in result.questions
    )
    return replace(result, questions=questions)


def log_of(result: Result) -> str:
    """Return all that is to be said of how a submission was graded, as lines of plain text."""
    lines = [
        f"student: {result.student!r}",
        f"assignment: {result.assignment}",
        f"status: {result.status}, {points(result.score, result.max_score)} points",
        f"took: {result.seconds:.1f} s",
        f"submission: sha256 {result.sha256}",
        f"graded by: {', '.join(f'{name} {version}' for name, version in result.versions.items())}",
        f"confined by: {', '.join(result.confinement) or 'nothing'}",
        *([f"message: {result.message}"] if result.message else []),
        *(f"mended: {repair}" for repair in result.repairs),
    ]
    for question in result.questions:
        lines += ["", as_text(question), "  seconds:"]
        lines += [f"    {check.seconds:7.3f}  {check.id}" for check in question.checks]
    return "\n".join(lines) + "\n"


def as_html(
    question: QuestionResult, repairs: tuple[str, ...] = (), course: Sequence[Shown] = ()
) -> str:
    """Return a question's result as HTML; every text in it is escaped."""
    notes = "".join(f"<p><em>{escape(note)}</em></p>" for note in (*repairs, *question.notes))
    checks = "".join(f"<li>{_check_html(check)}</li>" for check in question.checks)
    plain = "list-style: none; padding-left: 1em"  # the marks are bullets enough
    return (
        f"<div><p><strong>{points(question.score, question.max_score)} points</strong></p>"
        f'{notes}<ul style="{plain}">{checks}</ul>{drawing.shown(question, course)}</div>'
    )


def _check_html(check: CheckResult) -> str:
    parts = [
        f"{MARKS[check.outcome]} {escape(check.title)} <small>({escape(_told(check))})</small>"
    ]
    if check.outcome != "passed":
        parts += [f"<br><code>{escape(check.message)}</code>"] if check.message else []
        parts += [f"<br>Hint: {escape(check.hint)}"] if check.hint else []
    return "".join(parts)


def _told(check: CheckResult) -> str:
    return f"{points(check.score, check.max_score)}, {WORDS[check.outcome]}"
