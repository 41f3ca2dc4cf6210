"""The comment that a student reads beside the grade: the sum, then why."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from autograder.integrations.lms.grade import Entry, Grade
from autograder.reports.feedback import for_students, in_short, notes_on, score


def comment(grade: Grade, *, hints: bool) -> str:
    """Return the reasons for a grade as HTML, which Moodle expects.

    Args:
        grade: The grade.
        hints: Whether students see the hints.
    """
    return "<br>".join(escape("\n".join(lines_of(grade, hints=hints))).splitlines())


def lines_of(grade: Grade, *, hints: bool) -> Iterator[str]:
    """Yield the same as plain text, line by line or question by question."""
    result = for_students(grade.result, hints=hints)
    yield f"{score(grade.score)} / {grade.max_score:g} points"
    if grade.before:
        yield f"from {score(grade.before[0])} / {grade.before[1]:g}"
    entry = grade.entry if grade.score is not None else None  # marks that may still change
    if entry:
        yield from _sums(entry, result.max_score)
    yield from notes_on(result)
    if result.status != "unreadable":  # the message is the reason for every question
        # What lost points comes first.
        questions = sorted(result.questions, key=lambda one: one.score == one.max_score)
        yield from map(in_short, questions)
    if entry:
        yield from (f"{one.name}: {score(one.points)} / {one.max_points:g}" for one in entry.marks)
        yield from (f"{name}: {text}" for name, text in entry.remarks.items())


def _sums(entry: Entry, most: float) -> Iterator[str]:
    """Yield how the points come about: by the autograder, by a person, by lateness."""
    changed = {one.name for one in entry.marks} & entry.automatic.keys()
    written = [one for one in entry.marks if one.name not in entry.automatic]
    by_hand = sum(one.points for one in written)
    how = "code, with points that a person changed" if changed else "code"
    yield f"{how}: {score(entry.points - by_hand)} / {most:g}"
    if written:
        yield f"written answers: {score(by_hand)} / {sum(one.max_points for one in written):g}"
    if entry.penalty:
        yield f"late: less {score(entry.penalty)}"
