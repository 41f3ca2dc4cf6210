"""Pages from results: feedback for each student, one report on the class.

Each page is one file that needs nothing else. Whatever came from a submission is escaped.
"""

from __future__ import annotations

import shutil
from collections import Counter
from html import escape
from statistics import mean, median
from typing import TYPE_CHECKING
from urllib.parse import quote

from autograder.feedback import MARKS, WORDS, points
from autograder.filenames import file_name
from autograder.pages import histogram, meter, page, prose
from autograder.results import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from autograder.results import CheckResult, QuestionResult, Result

_COLOURS = {"passed": "good", "grader_error": "warn", "blocked": "quiet"}  # the rest is bad


def write_report(results: Sequence[Result], folder: Path) -> Path:
    """Write `report.html` and `feedback/<student>.html` beside the results; return the report."""
    pages = folder / "feedback"
    if pages.is_dir():
        shutil.rmtree(pages)  # a student who is gone must not keep a page
    for result in results:
        write_atomically(pages / f"{file_name(result.student)}.html", feedback_page(result))
    report = folder / "report.html"
    write_atomically(report, class_page(results))
    return report


def feedback_page(result: Result) -> str:
    """Return what one student reads."""
    title = f"{result.assignment}: {result.student}"
    score = f"<b>{points(result.score, result.max_score)}</b>points"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<div class="tiles"><div class="tile">{score}</div></div>',
    ]
    if result.message:
        parts.append(f'<p class="card warn">{escape(result.message)}</p>')
    parts += [f'<p class="card">{escape(repair)}</p>' for repair in result.repairs]
    parts += [_question(question) for question in result.questions]
    return page(title, "\n".join(parts))


def _question(question: QuestionResult) -> str:
    notes = "".join(f'<p class="quiet">{escape(note)}</p>' for note in question.notes)
    checks = "".join(f"<li>{_check(check)}</li>" for check in question.checks)
    return (
        f'<section class="card"><h2>{escape(question.id)} '
        f'<span class="quiet">{points(question.score, question.max_score)}</span></h2>'
        f'{notes}<ul class="checks">{checks}</ul></section>'
    )


def _check(check: CheckResult) -> str:
    colour = _COLOURS.get(check.outcome, "bad")
    told = f"{points(check.score, check.max_score)}, {WORDS[check.outcome]}"
    mark = f'<span class="{colour}">{MARKS[check.outcome]}</span>'
    parts = [f'{mark} {prose(check.title)} <span class="quiet whole">{told}</span>']
    if check.outcome != "passed":
        if check.message:
            parts.append(f'<span class="fact">{escape(check.message)}</span>')
        if check.hint:
            parts.append(f'<span class="hint">Hint: {prose(check.hint)}</span>')
    return "".join(parts)


def class_page(results: Sequence[Result]) -> str:
    """Return what the instructor reads."""
    title = f"{results[0].assignment}: the class"
    body = "\n".join(
        (
            f"<h1>{escape(title)}</h1>",
            _tiles(results),
            f"<h2>Scores</h2>{_scores(results)}",
            *_if_any("To look at by hand", _for_humans(results)),
            *_if_any("Misconceptions, the commonest first", _misconceptions(results)),
            f"<h2>Checks, the hardest first</h2>{_checks(results)}",
            f"<h2>Students</h2>{_students(results)}",
        )
    )
    return page(title, body)


def _if_any(title: str, html: str) -> Iterator[str]:
    if html:
        yield f"<h2>{title}</h2>{html}"


def _tiles(results: Sequence[Result]) -> str:
    scores = [result.score for result in results if result.status == "graded"] or [0.0]
    tiles = [
        (f"{len(results)}", "submissions"),
        (f"{mean(scores):.1f}", f"mean of {results[0].max_score:g} points"),
        (f"{median(scores):g}", "median"),
        (f"{sum(result.status != 'graded' for result in results)}", "without a grade"),
    ]
    cards = "".join(f'<div class="tile"><b>{value}</b>{what}</div>' for value, what in tiles)
    return f'<div class="tiles">{cards}</div>'


def _scores(results: Sequence[Result]) -> str:
    scores = [result.score for result in results if result.status == "graded"]
    picture = histogram(scores, results[0].max_score)
    return f'<div class="card">{picture}<span class="quiet">points, students</span></div>'


def _for_humans(results: Sequence[Result]) -> str:
    rows = [
        (_link(result), escape(" ".join(filter(None, (result.message, *result.repairs)))))
        for result in results
        if result.status != "graded" or result.repairs
    ]
    return _table(("student", "why"), rows) if rows else ""


def _misconceptions(results: Sequence[Result]) -> str:
    """Rank the mistakes that have a name, each with the line that a good teacher would say."""
    students: Counter[str] = Counter()
    hints: dict[str, str] = {}
    for result in results:
        found = {c.misconception: c.hint or "" for c in _all_checks(result) if c.misconception}
        students.update(found.keys())
        hints.update(found)
    rows = [
        (f'<span class="number">{count}</span>', escape(name), prose(hints[name]))
        for name, count in students.most_common()
    ]
    return _table(("students", "misconception", "what to say"), rows) if rows else ""


def _checks(results: Sequence[Result]) -> str:
    """List every check with the share of the graded submissions that pass it."""
    outcomes: dict[tuple[str, str], list[bool]] = {}
    titles: dict[tuple[str, str], str] = {}
    for result in results:
        for question in result.questions if result.status == "graded" else ():
            for check in question.checks:
                key = question.id, check.id
                outcomes.setdefault(key, []).append(check.outcome == "passed")
                titles[key] = check.title
    hardest = sorted(outcomes, key=lambda key: (mean(outcomes[key]), key))
    rows = [(escape(key[0]), prose(titles[key]), meter(mean(outcomes[key]))) for key in hardest]
    return _table(("question", "check", "pass it"), rows)


def _students(results: Sequence[Result]) -> str:
    questions = [question.id for question in results[0].questions]
    rows = [
        (
            _link(result),
            *(f"{question.score:g}" for question in result.questions),
            f"<b>{result.score:g}</b>",
        )
        for result in results
    ]
    return _table(("student", *map(escape, questions), "score"), rows, numbers_from=1)


def _link(result: Result) -> str:
    return (
        f'<a href="feedback/{quote(file_name(result.student))}.html">{escape(result.student)}</a>'
    )


def _all_checks(result: Result) -> Iterator[CheckResult]:
    for question in result.questions:
        yield from question.checks


def _table(
    head: Sequence[str], rows: Sequence[Sequence[str]], numbers_from: int | None = None
) -> str:
    """Return a table; its cells are HTML already."""

    def cell(tag: str, place: int, html: str) -> str:
        number = numbers_from is not None and place >= numbers_from
        kind = ' class="number"' if number else ""
        return f"<{tag}{kind}>{html}</{tag}>"

    lines = [
        "<tr>" + "".join(cell(tag, place, html) for place, html in enumerate(line)) + "</tr>"
        for tag, line in [("th", head), *(("td", row) for row in rows)]
    ]
    return f'<div class="scroll"><table>{"".join(lines)}</table></div>'
