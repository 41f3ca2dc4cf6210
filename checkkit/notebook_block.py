"""The block that `check` shows: one line for each check, and the first failure explained."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from .error_advice import advice
from .outcomes import CheckReport

__all__ = ["Block"]

MARKS = {True: "✓", False: "✗"}
# Text and background keep the browser's colours; only the marks have their own.
GREEN, RED = "#2e7d32", "#c62828"


@dataclass(frozen=True, repr=False)
class Block:
    """The results of one question: a list in a notebook, lines of text elsewhere.

    The first failed check is explained, and every other one that has a different hint. One mistake
    fails several checks, and students mend one thing at a time.

    Attributes:
        question: The question's id.
        reports: The results of its visible checks.
        total: The points of the question, which hidden checks decide as well.
        example: What one row of a batch is, as a word for hints.
        advice: Hints for error messages of the course; see `error_advice.advice`.
    """

    question: str
    reports: Sequence[CheckReport]
    total: float
    example: str = "example"
    advice: Sequence[tuple[str, str]] = ()

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(map(_passed, self.reports))

    @property
    def unanswered(self) -> bool:
        """Whether every check met a stub that is as it was released."""
        return bool(self.reports) and all(map(_is_stub, self.reports))

    def summary(self) -> str:
        """Return the line that the notebook shows below the block if a check failed."""
        if self.unanswered:
            return (
                f"{self.question} is not answered yet: "
                "put your code where NotImplementedError is raised"
            )
        failed = [report for report in self.reports if not _passed(report)]
        others = f" ({len(failed) - 1} more, see above)" if len(failed) > 1 else ""
        return f"{self._explanation(failed[0])[0]}{others}"

    def __repr__(self) -> str:
        lines = [self._heading()]
        explained = self._explained()
        for report in self._listed():
            lines.append(f"  {MARKS[_passed(report)]} {_title(report)}")
            if report in explained:
                lines += [f"      {line}" for line in self._explanation(report)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        explained = self._explained()
        rows = "".join(self._row(report, report in explained) for report in self._listed())
        return (
            f"<div><strong>{escape(self._heading())}</strong>"
            f'<ul style="list-style:none;padding-left:0.5em;margin:0.3em 0">{rows}</ul></div>'
        )

    def _listed(self) -> Sequence[CheckReport]:
        """Return the checks to list: none for an untouched stub."""
        return () if self.unanswered else self.reports

    def _explained(self) -> list[CheckReport]:
        failed = [report for report in self.reports if not _passed(report)]
        found, hints = failed[:1], {report.hint for report in failed[:1]}
        for report in failed[1:]:
            if report.hint and report.hint not in hints:
                found.append(report)
                hints.add(report.hint)
        return found

    def _heading(self) -> str:
        if self.unanswered:
            return f"{self.question}: not answered yet"
        passed = [report for report in self.reports if _passed(report)]
        heading = f"{self.question}: {len(passed)} of {len(self.reports)} checks passed"
        if not self.total or not self.passed:
            return heading
        return f"{heading}; further inputs decide, too, how many of {self.total:g} points it gets"

    def _row(self, report: CheckReport, explained: bool) -> str:  # noqa: FBT001 - private, and called once
        colour = GREEN if _passed(report) else RED
        text = f'<span style="color:{colour}">{MARKS[_passed(report)]}</span> '
        title = re.sub("`([^`]+)`", r"<code>\1</code>", escape(_title(report)))
        text += title
        if explained:
            fact, *rest = map(escape, self._explanation(report))
            lines = "<br>".join([f"<code>{fact}</code>", *rest])
            text += f'<div style="margin:0.2em 0 0.4em 1.5em">{lines}{_images(report)}</div>'
        return f"<li>{text}</li>"

    def _explanation(self, report: CheckReport) -> list[str]:
        """Return the fact, then the line of the notebook and the hint, if they are known."""
        if _is_stub(report):
            return ["not written yet: this still raises NotImplementedError"]
        fact, hint = report.message, report.hint
        if report.outcome != "failed":
            fact = f"your code raised {fact}"
        if report.outcome == "error":
            hint = hint or advice(report.message, self.example, self.advice)
        where = [f"in {report.where}"] if report.where else []
        return [fact, *where, *([f"hint: {hint}"] if hint else [])]


def _is_stub(report: CheckReport) -> bool:
    return report.outcome == "error" and report.message.startswith("NotImplementedError")


def _passed(report: CheckReport) -> bool:
    return report.outcome == "passed"


def _title(report: CheckReport) -> str:
    return report.title.removesuffix(".")


def _images(report: CheckReport) -> str:
    """Return HTML with the expected and the actual images; empty if there are none."""
    if report.images is None:
        return ""
    from .side_by_side import html  # Lazy: matplotlib is imported only if something is drawn.

    return f"<br>{html(report.images)}"
