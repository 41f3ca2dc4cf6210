"""A student's feedback as HTML: a page of its own, and parts of nbgrader's pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.reports.artifact_html import ArtifactView, views
from autograder.reports.html import render, render_page
from autograder.results.model import CheckResult, QuestionResult, Result, StoredArtifact

_MANY = 3  # checks with the same reason: it is shown once


@dataclass(frozen=True)
class _Problem:
    """Checks that did not pass, with the reason that they share."""

    checks: tuple[CheckResult, ...]
    message: str
    hint: str | None
    folded: bool = False


@dataclass(frozen=True)
class _QuestionView:
    result: QuestionResult
    problems: tuple[_Problem, ...]
    artifacts: tuple[ArtifactView, ...]
    passed: tuple[CheckResult, ...]


def feedback_page(
    result: Result, reference: Mapping[str, Sequence[StoredArtifact]] | None = None
) -> str:
    """Return what one student reads.

    Args:
        result: What the student may see of the result.
        reference: The artifacts of the reference answers by question, shown beside the student's.
    """
    reference = reference or {}
    views = [_view(one, reference.get(one.id, ()), (result.message,)) for one in result.questions]
    return render_page("feedback.html.j2", result=result, questions=views)


def question_html(
    question: QuestionResult, notes: tuple[str, ...] = (), reference: Sequence[StoredArtifact] = ()
) -> str:
    """Return one question's result for nbgrader's pages, below notes on the whole submission."""
    view = _view(question, reference, notes)
    return render("question.html.j2", question=view, notes=(*notes, *question.notes))


def _view(
    question: QuestionResult, reference: Sequence[StoredArtifact], shown_above: Sequence[str]
) -> _QuestionView:
    return _QuestionView(
        question,
        tuple(_problems(question, shown_above)),
        tuple(views(question, reference)),
        tuple(check for check in question.checks if check.outcome == "passed"),
    )


def _problems(question: QuestionResult, shown_above: Sequence[str]) -> Iterator[_Problem]:
    """Yield the checks that did not pass; many with one reason become one problem."""
    groups: dict[tuple[str, str], list[CheckResult]] = {}
    for check in question.checks:
        if check.outcome != "passed":
            groups.setdefault((check.outcome, check.message), []).append(check)
    hints: set[str] = set()

    def once(hint: str | None) -> str | None:
        repeated = hint in hints
        hints.update([hint] if hint else [])
        return "see above." if repeated else hint

    for (_, message), checks in groups.items():
        if len(checks) >= _MANY and message in shown_above:
            yield _Problem(tuple(checks), "", None, folded=True)
        elif len(checks) >= _MANY:
            hint = next((check.hint for check in checks if check.hint), None)
            yield _Problem(tuple(checks), message, once(hint), folded=True)
        else:
            for check in checks:
                yield _Problem((check,), message, once(check.hint))
