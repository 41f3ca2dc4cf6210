"""Pages from results: feedback for each student, one report on the class.

Each page is one file that needs nothing else. Whatever came from a submission is escaped.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, astuple, fields
from html import escape
from typing import TYPE_CHECKING

from autograder.reports.class_page import class_page
from autograder.reports.feedback import checks_html, for_students, points
from autograder.reports.html import page
from autograder.reports.item_analysis import ClassReport, Item, look_at
from autograder.support.csv_tables import text_of
from autograder.support.files import file_name, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from autograder.reports.similarity import Pair
    from autograder.results.model import QuestionResult, Result, Shown


def write_report(
    results: Sequence[Result],
    folder: Path,
    alike: Sequence[Pair] | None = None,
    *,
    hints: bool = True,
    course: Mapping[str, Sequence[Shown]] | None = None,
) -> Path:
    """Write the pages and tables beside the results, and return the class report.

    They are `report.html`, `feedback/<student>.html`, and in `tables/` what the report shows, as
    `class.json`, `students.csv` and `checks.csv`.

    Args:
        results: The class.
        folder: Where they are.
        alike: The pairs of nearly the same answers, if the submissions were looked at.
        hints: Whether students see the hints.
        course: What the checks show of the course's own answers, by question.
    """
    pages = folder / "feedback"
    if pages.is_dir():
        shutil.rmtree(pages)  # a student who is gone must not keep a page
    for result in results:
        write_atomically(
            pages / f"{file_name(result.student)}.html",
            feedback_page(for_students(result, hints=hints), course),
        )
    told = look_at(results)
    _write_tables(results, told, alike, folder / "tables")
    report = folder / "report.html"
    write_atomically(report, class_page(results, told, alike))
    return report


def _write_tables(
    results: Sequence[Result], told: ClassReport, alike: Sequence[Pair] | None, folder: Path
) -> None:
    pairs = None if alike is None else [asdict(pair) for pair in alike]
    tree = {**told.to_dict(), "nearly_the_same": pairs}
    text = json.dumps(tree, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(folder / "class.json", text + "\n")
    questions = [question.id for question in results[0].questions]
    rows: list[Sequence[object]] = [
        ("student", "status", *questions, "score", "max_score", "message", "repairs")
    ]
    for one in results:
        scores = [question.score for question in one.questions]
        repairs = " ".join(one.repairs)
        rows.append(
            (one.student, one.status, *scores, one.score, one.max_score, one.message, repairs)
        )
    write_atomically(folder / "students.csv", text_of(rows))
    rows = [tuple(field.name for field in fields(Item))]
    rows += [astuple(item) for item in (*told.questions, *told.checks)]
    write_atomically(folder / "checks.csv", text_of(rows))


def feedback_page(result: Result, course: Mapping[str, Sequence[Shown]] | None = None) -> str:
    """Return what one student reads, with the course's own pictures beside the student's."""
    course = course or {}
    title = f"{result.assignment}: {result.student}"
    score = f"<b>{points(result.score, result.max_score)}</b>points"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<div class="tiles"><div class="tile">{score}</div></div>',
    ]
    if result.message:
        parts.append(f'<p class="card warn">{escape(result.message)}</p>')
    parts += [f'<p class="card">{escape(repair)}</p>' for repair in result.repairs]
    said = (result.message,)
    parts += [_question(one, course.get(one.id, ()), said) for one in result.questions]
    return page(title, "\n".join(parts))


def _question(question: QuestionResult, course: Sequence[Shown], said: Sequence[str]) -> str:
    notes = "".join(f'<p class="quiet">{escape(note)}</p>' for note in question.notes)
    return (
        f'<section class="card"><h2>{escape(question.id)} '
        f'<span class="quiet">{points(question.score, question.max_score)}</span></h2>'
        f"{notes}{checks_html(question, course, said)}</section>"
    )
