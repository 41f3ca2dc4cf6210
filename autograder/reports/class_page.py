"""The page on a class: what an instructor reads before the next lecture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from autograder.reports.html import render_page
from autograder.reports.item_analysis import ClassReport, Item
from autograder.reports.similarity import SimilarPair
from autograder.results.model import Result

_MAX_PAIRS = 50  # similar answers on the page; the tables have all
_LOW = 0.1  # a discrimination below this is marked


def class_page(
    results: Sequence[Result], report: ClassReport, pairs: Sequence[SimilarPair] | None
) -> str:
    """Return the page; `pairs` is None if the submissions were not compared."""
    return render_page(
        "class_report.html.j2",
        script="sort.js",
        report=report,
        results=results,
        pairs=pairs,
        bars=list(_bars(report)),
        criteria=[
            (one, [check for check in report.checks if _belongs(check, one)])
            for one in sorted(report.criteria, key=lambda one: one.share)
        ],
        question_columns=[f"#{question.id}" for question in results[0].questions],
        low=_LOW,
        max_pairs=_MAX_PAIRS,
    )


def _belongs(check: Item, criterion: Item) -> bool:
    return (check.question, check.criterion) == (criterion.question, criterion.criterion)


def _bars(report: ClassReport, bins: int = 10) -> Iterator[dict[str, object]]:
    """Yield the columns of the histogram of scores."""
    counts = [0] * bins
    for score in report.scores:
        place = int(bins * score / report.max_score) if report.max_score else 0
        counts[min(place, bins - 1)] += 1
    edges = [report.max_score * place / bins for place in range(bins + 1)]
    tallest = max(counts) or 1
    for (low, high), count in zip(pairwise(edges), counts, strict=True):
        yield {"label": f"{low:g}–{high:g}", "count": count, "share": count / tallest}
