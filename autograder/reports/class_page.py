"""The page on a class: what an instructor reads before the next lecture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby, pairwise
from urllib.parse import quote

from autograder.reports.html import bars, meter, page, percent, prose, table
from autograder.reports.item_analysis import ClassReport, Item
from autograder.reports.similarity import Pair
from autograder.results.model import Result
from autograder.support.files import file_name

_SHOWN = 20  # checks in sight; the rest is folded away
_PAIRS = 50  # of nearly the same answers; the tables have all
_LOW = 0.1  # a discrimination below this is marked


def class_page(results: Sequence[Result], told: ClassReport, alike: Sequence[Pair] | None) -> str:
    """Return the page; `alike` is None where the submissions were not looked at."""
    title = f"{told.assignment}: the class"
    parts = [
        f"<h1>{escape(title)}</h1>",
        _tiles(told),
        f"<h2>Scores</h2>{_scores(told)}",
        *_section("To say in the next lecture", _misconceptions(told)),
        *_section("To look at by hand", _for_humans(told)),
        *_section("Nearly the same", _alike(alike)),
        *_section("Questions", _questions(told)),
        *_section("Checks, the hardest first", _checks(told)),
        f"<h2>Students</h2>{_students(results)}",
    ]
    return page(title, "\n".join(parts))


def _section(title: str, html: str) -> Iterator[str]:
    if html:
        yield f"<h2>{title}</h2>{html}"


def _tiles(told: ClassReport) -> str:
    without = told.submissions - told.graded
    tiles = [
        (f"{told.submissions}", "submissions"),
        (f"{told.mean:.1f}", f"mean of {told.max_score:g} points"),
        (f"{told.median:g}", "median"),
        (f"{without}", "without a grade"),
    ]
    cards = "".join(f'<div class="tile"><b>{value}</b>{what}</div>' for value, what in tiles)
    return f'<div class="tiles">{cards}</div>'


def _scores(told: ClassReport, bins: int = 10) -> str:
    counts = [0] * bins
    for score in told.scores:
        place = int(bins * score / told.max_score) if told.max_score else 0
        counts[min(place, bins - 1)] += 1
    edges = [told.max_score * place / bins for place in range(bins + 1)]
    labels = [f"{low:g}–{high:g}" for low, high in pairwise(edges)]
    picture = bars(labels, counts)
    return f'<div class="card">{picture}<p class="quiet">students by their points</p></div>'


def _misconceptions(told: ClassReport) -> str:
    rows = [
        (f"{one.students}", percent(one.share), prose(one.say), _named(one.question, one.name))
        for one in told.misconceptions
    ]
    head = ("students", "of all", "the line to say", "misconception")
    return table(head, rows, numbers=(0, 1)) if rows else ""


def _named(question: str, name: str) -> str:
    return f'{escape(name)}<br><span class="quiet">{escape(question)}</span>'


def _for_humans(told: ClassReport) -> str:
    rows = []
    ordered = sorted(told.for_humans, key=lambda one: (one.kind, one.student))
    for kind, those in groupby(ordered, key=lambda one: one.kind):
        rows += [(_link(one.student), escape(kind), _cut(one.why)) for one in those]
    return table(("student", "what", "why"), rows) if rows else ""


def _cut(text: str, limit: int = 240) -> str:
    return prose(text if len(text) <= limit else text[: limit - 1] + "…")


def _alike(pairs: Sequence[Pair] | None) -> str:
    if not pairs:
        return ""
    more = f" The first {_PAIRS} of {len(pairs)} pairs." if len(pairs) > _PAIRS else ""
    rows = [
        (
            " and ".join(map(_link, pair.students)),
            escape(", ".join(pair.questions)),
            percent(pair.similarity),
            "points lost by both" if pair.both_wrong else "",
        )
        for pair in pairs[:_PAIRS]
    ]
    note = (
        '<p class="quiet">Answers that are the same but for names, comments and text, and that few '
        f"others gave. Look at both before you conclude anything.{more}</p>"
    )
    return note + table(("students", "questions", "same", ""), rows, numbers=(2,))


def _questions(told: ClassReport) -> str:
    rows = [
        (
            escape(one.question),
            f"{one.points:g}",
            meter(one.share),
            percent(one.full),
            _discrimination(one),
            f"{one.seconds:.2g} s",
        )
        for one in told.questions
    ]
    head = ("question", "points", "mean of them", "all of them", "discrimination", "time")
    return _EXPLAINED + table(head, rows, numbers=(1, 3, 4, 5)) if rows else ""


_EXPLAINED = (
    '<p class="quiet">Discrimination: how far points here go with the points elsewhere, −1 to 1. '
    "Near 0 or below it, a check is not about what the others are about, or is wrong: look at it. "
    "Time: the median, of the grader's clock.</p>"
)


def _discrimination(one: Item) -> str:
    if one.discrimination is None:
        return "–"
    number = f"{one.discrimination:.2f}".replace("-", "−")
    return f'<span class="warn">{number}</span>' if one.discrimination < _LOW else number


def _checks(told: ClassReport) -> str:
    hardest = sorted(told.checks, key=lambda one: (one.share, one.question, one.check))
    failed = [one for one in hardest if one.share < 1]
    shown, rest = failed[:_SHOWN], hardest[len(failed[:_SHOWN]) :]
    if not hardest:
        return ""
    html = _check_table(shown) if shown else '<p class="quiet">Everybody passes every check.</p>'
    if rest:
        count = f"{len(rest)} more, which more pass"
        html += f"<details><summary>{count}</summary>{_check_table(rest)}</details>"
    return html


def _check_table(items: Sequence[Item]) -> str:
    rows = [
        (
            f'{prose(one.title)}<br><span class="quiet">{escape(one.question)}</span>',
            meter(one.share),
            f"{one.points:g}",
            _discrimination(one),
            f"{one.seconds:.2g} s",
        )
        for one in items
    ]
    head = ("check", "pass it", "points", "discrimination", "time")
    return table(head, rows, numbers=(2, 3, 4))


def _students(results: Sequence[Result]) -> str:
    questions = [question.id for question in results[0].questions]
    rows = [
        (
            _link(result.student),
            *(f"{question.score:g}" for question in result.questions),
            f"<b>{result.score:g}</b>",
        )
        for result in results
    ]
    numbers = range(1, len(questions) + 2)
    return table(("student", *map(escape, questions), "score"), rows, numbers=numbers)


def _link(student: str) -> str:
    return f'<a href="feedback/{quote(file_name(student))}.html">{escape(student)}</a>'
