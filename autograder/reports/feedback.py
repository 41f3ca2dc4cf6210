"""A question's result in words, as plain text and as HTML with nothing of the student's live."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from autograder.reports import artifact_html
from autograder.reports.html import prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.results.model import CheckResult, QuestionResult, Result, Shown

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

_BAD = "var(--bad,#b3372f)"
_COLOURS = {  # the rest is bad
    "passed": "var(--good,#1f7a4d)",
    "grader_error": "var(--warn,#9a6300)",
    "blocked": "var(--quiet,#5c6675)",
}
_FACT = "display:block;margin-left:1.67em;font:.9em ui-monospace,monospace;overflow-wrap:anywhere"
_HINT = "display:block;margin-left:1.5em"
_SUMMARY = "display:list-item;cursor:pointer"  # old style sheets take its triangle away
_MANY = 3  # checks with one reason: it is said once


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
    """Return a question's result as HTML for nbgrader's pages; every text in it is escaped."""
    notes = "".join(f"<p><em>{escape(note)}</em></p>" for note in (*repairs, *question.notes))
    return (
        '<div style="margin-bottom:1em">'
        f"<p><strong>{points(question.score, question.max_score)} points</strong></p>{notes}"
        f"{checks_html(question, course, said=repairs)}</div>"
    )


def checks_html(
    question: QuestionResult, course: Sequence[Shown] = (), said: Sequence[str] = ()
) -> str:
    """Return what the checks found: what lost points, what the answer makes, then what passed.

    The same lines go into our pages and into nbgrader's, which have no style of ours: what must
    look as it should stands in the elements.

    Args:
        question: What the checks of one question came to.
        course: What they show of the course's own answer.
        said: Reasons that stand above already.
    """
    passed = [check for check in question.checks if check.outcome == "passed"]
    html = _others_html(question, said) + artifact_html.shown(question, course)
    if passed:
        html += _folded(passed, " passed")
    return html


def _others_html(question: QuestionResult, said: Sequence[str]) -> str:
    """Return the checks that did not pass; a reason that many have in common is said once."""
    groups: dict[tuple[str, str], list[CheckResult]] = {}
    for check in question.checks:
        if check.outcome != "passed":
            groups.setdefault((check.outcome, check.message), []).append(check)
    items: list[str] = []
    hinted: set[str] = set()
    for (outcome, message), checks in groups.items():
        hint = next((check.hint for check in checks if check.hint), None)
        if len(checks) >= _MANY:
            reason = "" if message in said else _reason(message, hint, hinted)
            items.append(_folded(checks, f": {WORDS[outcome]}") + reason)
        else:
            items += [_line(check) + _reason(check.message, check.hint, hinted) for check in checks]
    return _list(items)


def _reason(message: str, hint: str | None, hinted: set[str]) -> str:
    """Return a reason and its hint; one that was given above is not given again."""
    html = f'<span style="{_FACT}">{escape(message)}</span>' if message else ""
    if hint:
        told = "as above." if hint in hinted else prose(hint)
        html += f'<span style="{_HINT}">Hint: {told}</span>'
        hinted.add(hint)
    return html


def _folded(checks: Sequence[CheckResult], words: str) -> str:
    count = "1 check" if len(checks) == 1 else f"{len(checks)} checks"
    lines = _list([_line(check) for check in checks])
    summary = f'<summary style="{_SUMMARY}">{_mark(checks[0])} {count}{words}</summary>'
    return f"<details>{summary}{lines}</details>"


def _list(items: Sequence[str]) -> str:
    lines = "".join(f"<li>{item}</li>" for item in items)
    # the marks are bullets enough
    return f'<ul class="checks" style="list-style:none;padding:0">{lines}</ul>' if items else ""


def _line(check: CheckResult) -> str:
    told = f'<small class="quiet whole">{_told(check)}</small>'
    return f"{_mark(check)} {prose(check.title)} {told}"


def _mark(check: CheckResult) -> str:
    colour = _COLOURS.get(check.outcome, _BAD)
    return f'<span style="color:{colour}">{MARKS[check.outcome]}</span>'


def _told(check: CheckResult) -> str:
    return f"{points(check.score, check.max_score)}, {WORDS[check.outcome]}"
