"""Judge the rest of an answer in which one thing is wrong, by mending that thing.

An answer whose images have 25 × 25 pixels fails every check that looks at an image. A mend resizes
them, and the checks run once more. The criterion with the check that called for the mend stays as
it was; the others are judged with the mend, if the answer gains by it. Mends are part of the rubric
and run in the sandbox, after the submission's cells.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher

from autograder.assignment.model import Assignment, Mend, Question
from autograder.grading.cell_selection import SelectedCells
from autograder.results.model import CheckResult, QuestionResult
from autograder.results.scoring import judge

MEND = "mend"  # the id of the cell
# The similarity of "reparametrize" to "reparameterize" is 0.96, that of "vae" to "ConvVAE" 0.6
# (without case).
_SIMILAR = 0.8


def source_of(mend: Mend, question: Question) -> str:
    """Return the cell that replaces the answer by the mended one."""
    return f"{mend.source}\n{question.answer} = {mend.use}({question.answer})\n"


def alias_of(name: str, question: Question) -> str:
    """Return the cell that gives an answer of another name the right name."""
    return f"{question.answer} = {name}\n"


def with_mends(
    question: Question, result: QuestionResult, regrade: Callable[[Mend], QuestionResult | None]
) -> QuestionResult:
    """Return the result with the one mend that the answer gains most by, or as it is.

    Args:
        question: The question.
        result: Its result without a mend.
        regrade: Runs the checks on the mended answer; returns None if there is no time left.
    """
    outcomes = {check.id: check.outcome for check in result.checks}
    # There is no time for another run, or there is nothing to mend.
    if {"grader_error", "timeout"} & {*outcomes.values()} or {*outcomes.values()} == {"blocked"}:
        return result
    best = result
    for mend in question.mends:
        if outcomes[mend.check] == "passed":
            continue
        mended = regrade(mend)
        if mended is None:
            break
        found = {check.id: check for check in mended.checks}
        if found[mend.check].outcome == "passed":
            candidate = _merged(question, result, found, mend)
            lost = _points_of(mend, candidate) <= _points_of(mend, result)
            if lost and (candidate.score or 0) > (best.score or 0):
                best = candidate
    return best


def _points_of(mend: Mend, result: QuestionResult) -> float:
    """Return the points for the criterion that calls for a mend.

    They could rise: a failure of the mended answer could excuse the one that called for the mend.
    """
    own = (one for one in result.criteria if any(check.id == mend.check for check in one.checks))
    return next(own).score or 0.0


def _merged(
    question: Question, result: QuestionResult, mended: Mapping[str, CheckResult], mend: Mend
) -> QuestionResult:
    """Return the mended result, with the criterion that called for the mend as it was."""
    checks: dict[str, CheckResult] = {}
    for criterion in result.criteria:
        kept = any(check.id == mend.check for check in criterion.checks)
        for check in criterion.checks:
            checks[check.id] = check if kept else _judged_mended(mended[check.id], check)
    criteria = judge(question, checks)
    merged = replace(result, criteria=criteria.criteria, score=criteria.score)
    return _with_names(merged, result, mend.check)


def _judged_mended(mended: CheckResult, check: CheckResult) -> CheckResult:
    return replace(mended, unmended_outcome=check.outcome, unmended_message=check.message)


def _with_names(merged: QuestionResult, result: QuestionResult, check_id: str) -> QuestionResult:
    """Return the merged result with the name of the mistake, if only mended checks had it."""
    named = next((check for check in result.checks if check.misconception), None)
    if named is None or any(check.misconception for check in merged.checks):
        return merged
    return merged.with_checks(
        replace(check, misconception=named.misconception, hint=check.hint or named.hint)
        if check.id == check_id
        else check
        for check in merged.checks
    )


def misnamed_answer(question: Question, selected: SelectedCells, assignment: Assignment) -> str:
    """Return the one name that a submission seems to define in place of the answer's; or "".

    It is similar to the right name, or is the one function or class of the answer's cell.
    """
    right = {one.answer for one in assignment.questions}
    own: list[str] = []
    others: list[str] = []
    for cell in selected.cells:
        names = _defined(cell.source, is_class=question.answer[0].isupper())
        found = [name for name in names if name not in right]
        (own if selected.owner.get(cell.id) == question.id else others).extend(found)
    similar = {name for name in (*own, *others) if _is_similar(name, question.answer)}
    candidates = similar or set(own)
    return candidates.pop() if len(candidates) == 1 else ""


def _defined(source: str, *, is_class: bool) -> Iterator[str]:
    """Yield the functions, or the classes, that a cell defines."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in body:
        if isinstance(node, ast.ClassDef if is_class else ast.FunctionDef):
            yield node.name


def _is_similar(name: str, right: str) -> bool:
    one, other = (text.lower().replace("_", "") for text in (name, right))
    return SequenceMatcher(None, one, other).ratio() >= _SIMILAR
