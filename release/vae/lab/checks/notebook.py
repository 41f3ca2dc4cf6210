"""`check(question, answer)`: run a question's checks in the notebook and show one neat block."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from .outcomes import CheckResult

# what the notebook calls the answer to each question; check files ask for it by this name
ANSWERS = {
    "reparameterize": "reparameterize",
    "vae_loss": "vae_loss",
    "conv_vae": "ConvVAE",
    "interpolate": "interpolate",
}
MARKS = {True: "✓", False: "✗"}
# the browser's own colours for text and background; only the marks have one
GREEN, RED = "#2e7d32", "#c62828"


class CheckFailed(Exception):  # noqa: N818 - the name that students see says what happened
    """Some checks failed; the block above says which. Shown as one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return [f"CheckFailed: {self}"]


class Block:
    """The checks of one question: a table in a notebook, lines of text elsewhere."""

    def __init__(self, question: str, results: Sequence[CheckResult]) -> None:
        self.question = question
        self.results = results

    def __repr__(self) -> str:
        lines = [self._heading()]
        for result in self._shown():
            lines.append(f"  {MARKS[result.outcome == 'passed']} {_title(result)}")
            if result.outcome != "passed":
                lines += [f"      {line}" for line in _explanation(result)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(map(_row, self._shown()))
        return (
            f"<div><strong>{escape(self._heading())}</strong>"
            f'<ul style="list-style:none;padding-left:0.5em;margin:0.3em 0">{rows}</ul></div>'
        )

    def _shown(self) -> Sequence[CheckResult]:
        """Return the checks to list: of an untouched stub there is nothing to say."""
        return () if _unanswered(self.results) else self.results

    def _heading(self) -> str:
        passed = sum(result.outcome == "passed" for result in self.results)
        if _unanswered(self.results):
            return f"{self.question}: not answered yet"
        return f"{self.question}: {passed} of {len(self.results)} checks passed"


def check(question: str, answer: object) -> None:
    """Run the visible checks of one question on your own function or class.

    Your random numbers are left as they were.

    Args:
        question: "reparameterize", "vae_loss", "conv_vae" or "interpolate".
        answer: What you have defined: the function, or the class.

    Raises:
        CheckFailed: If a check fails; it names the first thing to mend.
        ValueError: If there is no such question.
    """
    if question not in ANSWERS:
        raise ValueError(f"no question {question!r}; there are {', '.join(ANSWERS)}")
    # here, not above: pytest and Hypothesis take a second that `import lab` need not wait for
    from .plugin import run_checks

    file = Path(__file__).parent / f"check_{question}.py"
    results = run_checks([file], {ANSWERS[question]: answer})
    _display(Block(question, results))
    failed = [result for result in results if result.outcome != "passed"]
    if failed:
        raise CheckFailed(_summary(question, results, failed))


def _summary(question: str, results: Sequence[CheckResult], failed: Sequence[CheckResult]) -> str:
    """Return the one line that the notebook shows below the block."""
    if _unanswered(results):
        return f"{question} is not answered yet: put your code where NotImplementedError is raised"
    first = failed[0]
    others = f" ({len(failed) - 1} more, see above)" if len(failed) > 1 else ""
    return f"{_explanation(first)[0]}{others}"


def _unanswered(results: Sequence[CheckResult]) -> bool:
    return bool(results) and all(map(_is_stub, results))


def _is_stub(result: CheckResult) -> bool:
    """Return whether the check met a stub that is still as it was released."""
    return result.outcome == "error" and result.message.startswith("NotImplementedError")


def _explanation(result: CheckResult) -> list[str]:
    """Return the fact, and below it the hint if there is evidence for one."""
    if _is_stub(result):
        return ["not written yet: this still raises NotImplementedError"]
    fact = result.message if result.outcome == "failed" else f"your code raised {result.message}"
    return [fact, *([f"hint: {result.hint}"] if result.hint else [])]


def _title(result: CheckResult) -> str:
    return result.title.removesuffix(".")


def _row(result: CheckResult) -> str:
    passed = result.outcome == "passed"
    colour = GREEN if passed else RED
    text = f'<span style="color:{colour}">{MARKS[passed]}</span> {escape(_title(result))}'
    if not passed:
        lines = "<br>".join(map(escape, _explanation(result)))
        text += f'<div style="margin-left:1.5em"><code>{lines}</code></div>'
    return f"<li>{text}</li>"


def _display(block: Block) -> None:
    """Show the block where we are: in a notebook as HTML, else as text."""
    try:
        from IPython import get_ipython  # absent where `lab` is used as a script
        from IPython.display import display
    except ImportError:
        print(block)  # noqa: T201 - the block is what it is called for
        return
    if get_ipython() is None:
        print(block)  # noqa: T201 - the block is what it is called for
    else:
        display(block)  # type: ignore[no-untyped-call]
