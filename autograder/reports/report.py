"""Pages and tables from results: feedback for each student, one report on the class."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, fields
from pathlib import Path

from autograder.assignment.outline import Outline
from autograder.reports.class_page import class_page
from autograder.reports.feedback import for_students
from autograder.reports.feedback_page import feedback_page
from autograder.reports.item_analysis import ClassReport, Item, analyze
from autograder.reports.similarity import SimilarPair
from autograder.results.model import Result, StoredArtifact
from autograder.support.csv_tables import to_csv
from autograder.support.files import file_name, write_atomically


def write_report(
    results: Sequence[Result],
    folder: Path,
    pairs: Sequence[SimilarPair] | None = None,
    *,
    hints: bool = True,
    reference: Mapping[str, Sequence[StoredArtifact]] | None = None,
    outline: Outline | None = None,
) -> Path:
    """Write the pages and tables beside the results, and return the class report.

    They are `report.html`, `feedback/<student>.html`, and the report's data in `tables/`:
    `class.json`, `students.csv` and `checks.csv`.

    Args:
        results: The class.
        folder: The folder of the results.
        pairs: The similar answers, if the submissions were compared.
        hints: Whether students see the hints.
        reference: The artifacts of the reference answers by question.
        outline: What feedback pages say of the assignment.
    """
    pages = folder / "feedback"
    if pages.is_dir():
        shutil.rmtree(pages)  # students who left the class must not keep a page
    for result in results:
        page = feedback_page(for_students(result, hints=hints), reference, outline)
        write_atomically(pages / f"{file_name(result.student)}.html", page)
    report = analyze(results)
    _write_tables(results, report, pairs, folder / "tables")
    path = folder / "report.html"
    write_atomically(path, class_page(results, report, pairs))
    return path


def _write_tables(
    results: Sequence[Result],
    report: ClassReport,
    pairs: Sequence[SimilarPair] | None,
    folder: Path,
) -> None:
    similar = None if pairs is None else [asdict(pair) for pair in pairs]
    tree = {**asdict(report), "nearly_the_same": similar}
    text = json.dumps(tree, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(folder / "class.json", text + "\n")
    questions = [question.id for question in results[0].questions]
    rows: list[Sequence[object]] = [
        ("student", "status", *questions, "score", "max_score", "message", "repairs")
    ]
    for one in results:
        scores: list[object] = ["" if q.score is None else q.score for q in one.questions]
        score = "" if one.score is None else one.score
        repairs = " ".join(one.repairs)
        rows.append((one.student, one.status, *scores, score, one.max_score, one.message, repairs))
    write_atomically(folder / "students.csv", to_csv(rows))
    rows = [tuple(field.name for field in fields(Item))]
    rows += [astuple(item) for item in (*report.questions, *report.criteria, *report.checks)]
    write_atomically(folder / "checks.csv", to_csv(rows))
