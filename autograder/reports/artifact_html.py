"""What a check showed, as HTML: the student's beside the course's; no text of it is live.

Styles stand in the elements: the same lines go into our pages and into nbgrader's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from autograder.reports.html import prose
from autograder.results import artifacts

if TYPE_CHECKING:
    from autograder.results.model import QuestionResult, Shown

_YOURS, _COURSES = "yours", "the course's"
_ROW = "display:flex;flex-wrap:wrap;gap:.5rem 1rem;margin:.25rem 0 0"
_HALF = "flex:1 1 17rem;max-width:35rem;margin:0"
_IMAGE = (
    "display:block;width:100%;height:auto;image-rendering:pixelated;border-radius:.25rem;"
    "border:0"  # formgrader puts a red one around every image
)
_WIDE, _HIGH = 440, 130  # of a curve, in its own units
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 4, 8, 8


def shown(question: QuestionResult, course: Sequence[Shown] = ()) -> str:
    """Return all pictures and curves of a question, "" if there are none."""
    theirs = {one.name: one for one in course}
    return "".join(
        _one(one, theirs.get(one.name)) for check in question.checks for one in check.shown
    )


def _one(mine: Shown, course: Shown | None) -> str:
    body = _curves(mine, course) if mine.numbers else "".join(_pictures(mine, course))
    if not body:
        return ""
    return (
        '<div style="margin:1rem 0 0;break-inside:avoid">'
        f"<strong>{escape(mine.name)}</strong> <small>{prose(mine.caption)}</small>"
        f'<div style="{_ROW}">{body}</div></div>'
    )


def _pictures(mine: Shown, course: Shown | None) -> Iterator[str]:
    for owner, one in ((_YOURS, mine), (_COURSES, course)):
        size = artifacts.size(one.png) if one else None
        if one is None or size is None:
            continue
        columns = min(one.count, artifacts.COLUMNS)
        alt = f"{one.name}, {owner}: {one.count} pictures, {columns} in a row. {one.caption}"
        yield (
            f'<figure style="{_HALF}"><img style="{_IMAGE}" width="{size[0]}" height="{size[1]}" '
            f'alt="{escape(alt)}" src="data:image/png;base64,{one.png}">'
            f"<figcaption><small>{owner}</small></figcaption></figure>"
        )


def _curves(mine: Shown, course: Shown | None) -> str:
    """Return both curves in one picture, on the same axes from 0 on."""
    both = [(_YOURS, mine.numbers, "var(--bar, #3c6fb4)", "")]
    if course and len(course.numbers) > 1:
        both.append((_COURSES, course.numbers, "#888", ' stroke-dasharray="5 4"'))
    top = max(max(numbers) for _, numbers, _, _ in both) or 1.0
    longest = max(len(numbers) for _, numbers, _, _ in both)

    def place(step: int, number: float) -> tuple[float, float]:
        across = _LEFT + (_WIDE - _LEFT - _RIGHT) * step / (longest - 1)
        share = min(max(number / top, 0.0), 1.0)
        return across, _TOP + (_HIGH - _TOP - _BOTTOM) * (1 - share)

    frame = (
        f'<path d="M{_LEFT} {_TOP}V{_HIGH - _BOTTOM}H{_WIDE - _RIGHT}" fill="none" '
        'stroke="currentColor" stroke-opacity=".4"/>'
    )
    parts = [
        frame,
        _text(_LEFT - 4, _TOP + 6, f"{top:.0f}", anchor="end"),
        _text(_LEFT - 4, _HIGH - _BOTTOM, "0", anchor="end"),
    ]
    for _, numbers, colour, dashes in both:
        places = (place(*numbered) for numbered in enumerate(numbers))
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        look = f'fill="none" stroke="{colour}" stroke-width="2"{dashes}'
        parts.append(f'<polyline points="{points}" {look}/>')
    told = "; ".join(
        f"{owner} goes from {numbers[0]:g} to {numbers[-1]:g} in {len(numbers)} numbers"
        for owner, numbers, _, _ in both
    )
    alt = f"{mine.name}: {told}. {mine.caption}"
    key = " · ".join(
        f'<span style="color:{colour}">{"╌╌" if dashes else "━━"}</span> {owner} {numbers[-1]:g}'
        for owner, numbers, colour, dashes in both
    )
    return (
        f'<figure style="margin:0;width:100%"><svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" '
        f'aria-label="{escape(alt)}" style="display:block;width:100%;max-width:30rem" '
        f'font-size="13" fill="currentColor">{"".join(parts)}</svg>'
        f"<figcaption><small>at the end: {key}</small></figcaption></figure>"
    )


def _text(x: float, y: float, text: str, *, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
