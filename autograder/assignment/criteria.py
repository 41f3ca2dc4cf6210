"""Read and validate the criteria of a question: the part of a rubric that gives points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.assignment.model import Consequence, Criterion, Level, Question

_KEYS = {
    "criterion": {"id", "title", "points", "checks", "partial"},
    "consequence": {"of", "checks", "if_passed"},
    "mend": {"check", "use"},
}
_TEXTS = {"id", "title", "check", "use"}
_LISTS = {"checks", "of", "if_passed", "passed"}
PARTS = frozenset(_KEYS)
MENDS = "mends.py"  # in the folder of the question's hidden checks


def criterion_of(item: Mapping[str, Any]) -> Criterion:
    """Return a criterion from its section in the rubric."""
    levels = (Level(float(one["points"]), tuple(one["passed"])) for one in item.get("partial", ()))
    return Criterion(
        item["id"], item["title"], float(item["points"]), tuple(item["checks"]), tuple(levels)
    )


def consequence_of(item: Mapping[str, Any]) -> Consequence:
    """Return a consequence from its section in the rubric."""
    return Consequence(tuple(item["of"]), tuple(item["checks"]), tuple(item["if_passed"]))


def criteria_shape_errors(item: Mapping[str, Any], where: str) -> Iterator[str]:
    """Yield the errors in the keys and types of a question's criteria, consequences and mends."""
    if not item.get("criterion"):
        yield f"{where}: no [[question.criterion]]; each has an id, a title, points and checks"
    for part, keys in _KEYS.items():
        sections = item.get(part, [])
        if not isinstance(sections, list) or not all(isinstance(one, dict) for one in sections):
            yield f"{where}: {part!r} must be sections, as in [[question.{part}]]"
            continue
        for number, section in enumerate(sections, start=1):
            name = f"{where}: {part} {section.get('id', number)!r}"
            yield from _section_errors(section, keys, name)


def _section_errors(section: Mapping[str, Any], keys: set[str], where: str) -> Iterator[str]:
    for key in sorted(section.keys() - keys):
        yield f"{where}: unknown key {key!r}; known are {', '.join(sorted(keys))}"
    for key in sorted(keys - {"partial"}):
        if key == "points":
            yield from _number_error(section.get(key), f"{where}: points")
        else:
            yield from _value_error(section.get(key), key, where)
    for level in section.get("partial", ()):
        if not isinstance(level, dict) or level.keys() != {"points", "passed"}:
            yield f"{where}: each level of 'partial' has 'points' and 'passed', and nothing else"
            continue
        yield from _number_error(level["points"], f"{where}: the points of a level")
        yield from _value_error(level["passed"], "passed", where)


def _value_error(value: object, key: str, where: str) -> Iterator[str]:
    if key == "id" and not (isinstance(value, str) and value.isidentifier() and len(value) <= 60):
        yield f"{where}: 'id' must be a Python name of at most 60 characters"
    elif key in _TEXTS and not (isinstance(value, str) and value.strip()):
        yield f'{where}: {key!r} must be a text, as in {key} = "…"'
    texts = isinstance(value, list) and value and all(isinstance(item, str) for item in value)
    if key in _LISTS and not texts:
        yield f"{where}: {key!r} must be a list of ids of checks"


def _number_error(value: object, what: str) -> Iterator[str]:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (number and 0 <= value < 1e6):  # type: ignore[operator] # a number
        yield f"{what} must be a number, 0 or more; got {value!r}"


def criteria_errors(question: Question) -> Iterator[str]:
    """Yield the contradictions between a question's criteria, its checks and its mends."""
    where = f"question {question.id!r}"
    yield from _check_errors(question, where)
    times_of = Counter(question.check_ids)
    for part, check in sorted(set(_mentioned(question))):
        if check not in times_of:
            yield f"{where}: {part} names the check {check!r}, which no criterion has"
    for criterion in question.criteria:
        if any(level.points >= criterion.points for level in criterion.partial):
            yield f"{where}: a level of criterion {criterion.id!r} gives all points, or more"
    yield from _free_mistakes(question, where)
    for mend in question.mends:
        if not mend.source:
            file = f"{question.id}/{MENDS}"
            yield f"{where}: a mend uses {mend.use!r}, which {file} does not define"


def _free_mistakes(question: Question, where: str) -> Iterator[str]:
    """Yield the rules by which a mistake would cost nothing at all."""
    free = {check for one in question.criteria if one.points == 0 for check in one.checks}
    named = [("a consequence", check) for rule in question.consequences for check in rule.of]
    named += [("a mend", mend.check) for mend in question.mends]
    for part, check in sorted(set(named)):
        if check in free:
            yield (
                f"{where}: {part} is of the check {check!r}, whose criterion gives no points, so "
                "that the mistake would cost nothing"
            )


def _check_errors(question: Question, where: str) -> Iterator[str]:
    """Yield the ids that are used twice, and the checks without a criterion or a definition."""
    for name, times in Counter(one.id for one in question.criteria).items():
        if times > 1:
            yield f"{where}: criterion {name!r} is defined {times} times"
    times_of = Counter(question.check_ids)
    for check in sorted(question.titles.keys() - times_of.keys()):
        yield f"{where}: the check {check!r} belongs to no criterion"
    for check in sorted(times_of.keys() - question.titles.keys()):
        yield (
            f"{where}: a criterion has the check {check!r}, but no check_{question.id}.py defines "
            f"check_{check}"
        )
    for check, times in sorted(times_of.items()):
        if times > 1:
            yield f"{where}: the check {check!r} belongs to {times} criteria; it can decide one"


def _mentioned(question: Question) -> Iterator[tuple[str, str]]:
    """Yield the checks that are named outside of criteria, and where."""
    for rule in question.consequences:
        for check in (*rule.of, *rule.checks, *rule.if_passed):
            yield "a consequence", check
    for mend in question.mends:
        yield "a mend", mend.check
    for criterion in question.criteria:
        for level in criterion.partial:
            for check in level.passed:
                if check not in criterion.checks:
                    yield f"a level of criterion {criterion.id!r}", f"{check} of another criterion"
