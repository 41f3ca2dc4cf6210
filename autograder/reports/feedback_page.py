"""A student's feedback as HTML: a page of its own, and parts of nbgrader's pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.assignment.outline import Outline
from autograder.reports.artifact_html import ArtifactView, views
from autograder.reports.feedback import failures, notes_on, one_reason
from autograder.reports.html import render, render_page
from autograder.results.model import (
    CheckResult,
    CodeLine,
    CriterionResult,
    QuestionResult,
    Result,
    StoredArtifact,
)


@dataclass(frozen=True)
class Problem:
    """A failure that costs points, and the checks that fail because of it.

    Attributes:
        check: The check that failed.
        code: The line of the student's code, if nothing above has quoted the same one.
        hint: Its hint, if nothing above has given the same one.
        again: Whether something above has given the same message.
        consequences: Checks that failed for the same reason, and cost nothing more.
        alike: Checks of the criterion that failed with the same message.
    """

    check: CheckResult
    code: CodeLine | None
    hint: str | None
    again: bool = False
    consequences: tuple[CheckResult, ...] = ()
    alike: tuple[CheckResult, ...] = ()


@dataclass(frozen=True)
class CriterionView:
    """A criterion, and what is wrong where it is not met.

    Attributes:
        result: The criterion's result.
        state: `met`, `partly met`, `not met`, or `not graded`.
        problems: What costs points.
    """

    result: CriterionResult
    state: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class QuestionView:
    """What the templates show of a question.

    Attributes:
        result: The question's result.
        verdict: One sentence.
        first: The criterion to mend first, if one is not met.
        criteria: All criteria, in the order of the rubric.
        reason: Why nothing could be judged, if so; the criteria then have no problems.
        code: The line of the student's code that is the reason, if one is.
        mend: What was mended so that the other criteria could be judged.
        artifacts: Pictures and curves.
        section: The title of the section to read again in the notebook, if points were lost.
    """

    result: QuestionResult
    verdict: str
    first: CriterionView | None
    criteria: tuple[CriterionView, ...]
    reason: str
    code: CodeLine | None
    mend: str
    artifacts: tuple[ArtifactView, ...]
    section: str


def feedback_page(
    result: Result,
    reference: Mapping[str, Sequence[StoredArtifact]] | None = None,
    outline: Outline | None = None,
) -> str:
    """Return what one student reads.

    Args:
        result: What the student may see of the result.
        reference: The artifacts of the reference answers by question, shown beside the student's.
        outline: What the page says of the assignment.
    """
    reference, outline = reference or {}, outline or Outline()
    questions = [
        view(one, reference.get(one.id, ()), outline.sections.get(one.id, ""))
        for one in result.questions
    ]
    return render_page(
        "feedback.html.j2",
        result=result,
        questions=questions,
        verdict=_verdict(result),
        notes=notes_on(result),
        written=outline.written,
    )


def question_html(
    question: QuestionResult,
    notes: tuple[str, ...] = (),
    reference: Sequence[StoredArtifact] = (),
    section: str = "",
) -> str:
    """Return one question's result for nbgrader's pages, below notes on the whole submission."""
    return render("question.html.j2", question=view(question, reference, section), notes=notes)


def view(
    question: QuestionResult, reference: Sequence[StoredArtifact] = (), section: str = ""
) -> QuestionView:
    """Return what the templates show of a question.

    Args:
        question: The question's result.
        reference: The artifacts of the reference answer, shown beside the student's.
        section: The title of the section of the notebook that explains it.
    """
    reason = one_reason(question)
    said: set[str | CodeLine] = set()
    criteria = tuple(
        CriterionView(one, _state(one), () if reason else tuple(_problems(one, question, said)))
        for one in question.criteria
    )
    lost = any(one.state in {"not met", "partly met"} for one in criteria)
    return QuestionView(
        result=question,
        verdict=_verdict_on(question, criteria),
        first=next((one for one in criteria if one.problems), None),
        criteria=criteria,
        reason=reason,
        code=question.checks[0].code if reason else None,
        mend=next((check.mend for check in question.checks if check.mend), ""),
        artifacts=tuple(views(question, reference)),
        section=section if lost else "",
    )


def _state(criterion: CriterionResult) -> str:
    if criterion.score is None:
        return "not graded"
    if criterion.score == criterion.max_score:
        return "met"
    return "partly met" if criterion.score else "not met"


def _problems(
    criterion: CriterionResult, question: QuestionResult, said: set[str | CodeLine]
) -> Iterator[Problem]:
    """Yield a problem for each message of the checks that cost points, and one for all timeouts.

    Args:
        criterion: The criterion.
        question: Its question.
        said: The hints, messages and lines of code that were given above; new ones are added.
    """
    groups: dict[str, list[CheckResult]] = {}
    for check in failures(criterion):
        # Timeouts differ in the seconds only, and these tell a student nothing.
        same = check.outcome if check.outcome == "timeout" else check.message
        groups.setdefault(same, []).append(check)
    for same, (first, *alike) in groups.items():
        causes = {first.id, *(check.id for check in alike)}
        consequences = tuple(check for check in question.checks if check.because in causes)
        hint = next((check.hint for check in (first, *alike) if check.hint), None)
        code = first.code
        yield Problem(
            first,
            None if code in said else code,
            None if hint in said else hint,
            same in said,
            consequences,
            tuple(alike),
        )
        said.update(one for one in (hint, code, same) if one)


def _verdict_on(question: QuestionResult, criteria: Sequence[CriterionView]) -> str:
    met = sum(one.state == "met" for one in criteria)
    if any(one.state == "not graded" for one in criteria):
        return "The grader failed here. A person will grade this question."
    if question.score is None:
        return "There was nothing to grade, so there is no score."
    if len(criteria) == 1:
        return f"The criterion is {criteria[0].state}."
    if met == len(criteria):
        return "All criteria are met."
    return f"{met or 'None'} of {len(criteria)} criteria {'is' if met == 1 else 'are'} met."


def _verdict(result: Result) -> str:
    """Return a sentence on the whole submission."""
    if result.status == "unreadable":
        return "The file could not be read, so it has no score."
    if result.status == "grader_error":
        return "Some of this could not be graded, through no fault of yours. A person will look."
    states = [_state(one) for question in result.questions for one in question.criteria]
    met = states.count("met")
    if taken := [one.id for one in result.questions if one.deductions and met == len(states)]:
        return f"All criteria are met, and points were taken off in {', '.join(taken)}."
    if met == len(states):
        return "Everything that can be graded automatically is right."
    lost = max(result.questions, key=lambda one: one.max_score - (one.score or 0.0))
    are = "is" if met == 1 else "are"
    return f"{met} of {len(states)} criteria {are} met; most points can be won in {lost.id}."
