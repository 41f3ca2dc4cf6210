"""What `check` shows: a line for each check, and what was wrong with the first that failed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from .error_advice import advice
from .outcomes import CheckResult

MARKS = {True: "✓", False: "✗"}
# the browser's own colours for text and background; only the marks have one
GREEN, RED = "#2e7d32", "#c62828"


class Block:
    """The checks of one question: a list in a notebook, lines of text elsewhere.

    Of the checks that failed the first is explained, and any other for which there is a hint: one
    mistake fails several checks, and the first thing to mend is enough to know.
    """

    def __init__(
        self,
        question: str,
        results: Sequence[CheckResult],
        points: Mapping[str, float],
        total: float,
    ) -> None:
        self.question = question
        self.results = results
        self.points = points
        self.total = total

    def __repr__(self) -> str:
        lines = [self._heading()]
        explained = self._explained()
        for result in self._shown():
            lines.append(f"  {MARKS[_passed(result)]} {_title(result)}{self._worth(result)}")
            if result in explained:
                lines += [f"      {line}" for line in explanation(result)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        explained = self._explained()
        rows = "".join(self._row(result, result in explained) for result in self._shown())
        return (
            f"<div><strong>{escape(self._heading())}</strong>"
            f'<ul style="list-style:none;padding-left:0.5em;margin:0.3em 0">{rows}</ul></div>'
        )

    def _shown(self) -> Sequence[CheckResult]:
        """Return the checks to list: of an untouched stub there is nothing to say."""
        return () if unanswered(self.results) else self.results

    def _explained(self) -> list[CheckResult]:
        failed = [result for result in self.results if not _passed(result)]
        found, hints = failed[:1], {result.hint for result in failed[:1]}
        for result in failed[1:]:
            if result.hint and result.hint not in hints:
                found.append(result)
                hints.add(result.hint)
        return found

    def _heading(self) -> str:
        if unanswered(self.results):
            return f"{self.question}: not answered yet"
        passed = [result for result in self.results if _passed(result)]
        earned = sum(self.points.get(result.id, 0.0) for result in passed)
        here = sum(self.points.get(result.id, 0.0) for result in self.results)
        heading = f"{self.question}: {len(passed)} of {len(self.results)} checks passed"
        if not here:
            return heading
        more = f"; {self.total - here:g} more by checks on further inputs" if earned == here else ""
        return f"{heading}, {earned:g} of {here:g} points{more}"

    def _worth(self, result: CheckResult) -> str:
        points = self.points.get(result.id)
        return f" ({points:g} point{'' if points == 1 else 's'})" if points else ""

    def _row(self, result: CheckResult, explained: bool) -> str:  # noqa: FBT001 - of a list, it is one
        colour = GREEN if _passed(result) else RED
        text = f'<span style="color:{colour}">{MARKS[_passed(result)]}</span> '
        title = re.sub("`([^`]+)`", r"<code>\1</code>", escape(_title(result)))
        text += f"{title}<small>{escape(self._worth(result))}</small>"
        if explained:
            fact, *rest = map(escape, explanation(result))
            lines = "<br>".join([f"<code>{fact}</code>", *rest])
            text += f'<div style="margin:0.2em 0 0.4em 1.5em">{lines}{_pictures(result)}</div>'
        return f"<li>{text}</li>"


def summary(question: str, results: Sequence[CheckResult]) -> str:
    """Return the one line that the notebook shows below the block."""
    if unanswered(results):
        return f"{question} is not answered yet: put your code where NotImplementedError is raised"
    failed = [result for result in results if not _passed(result)]
    others = f" ({len(failed) - 1} more, see above)" if len(failed) > 1 else ""
    return f"{explanation(failed[0])[0]}{others}"


def unanswered(results: Sequence[CheckResult]) -> bool:
    """Return whether every check met a stub that is still as it was released."""
    return bool(results) and all(map(_is_stub, results))


def explanation(result: CheckResult) -> list[str]:
    """Return the fact; below it where it happened, and the hint, if they are known."""
    if _is_stub(result):
        return ["not written yet: this still raises NotImplementedError"]
    fact = result.message if result.outcome == "failed" else f"your code raised {result.message}"
    where = [f"in {result.where}"] if result.where else []
    hint = result.hint or (advice(result.message) if result.outcome == "error" else "")
    return [fact, *where, *([f"hint: {hint}"] if hint else [])]


def _is_stub(result: CheckResult) -> bool:
    return result.outcome == "error" and result.message.startswith("NotImplementedError")


def _passed(result: CheckResult) -> bool:
    return result.outcome == "passed"


def _title(result: CheckResult) -> str:
    return result.title.removesuffix(".")


def _pictures(result: CheckResult) -> str:
    """Return what was expected and what came, drawn side by side; nothing if they are none."""
    if result.pictures is None:
        return ""
    from .side_by_side import picture  # matplotlib, only where something is to be drawn

    return f"<br>{picture(result.pictures)}"
