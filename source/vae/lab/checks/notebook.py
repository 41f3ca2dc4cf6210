"""`check(question, answer)`: run a question's checks in the notebook and show one neat block."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .block import Block, summary
from .outcomes import CheckResult
from .points import POINTS, TOTAL

# what the notebook calls the answer to each question; check files ask for it by this name
ANSWERS = {
    "reparameterize": "reparameterize",
    "vae_loss": "vae_loss",
    "conv_vae": "ConvVAE",
    "interpolate": "interpolate",
}


class CheckFailed(Exception):  # noqa: N818 - the name that students see says what happened
    """Some checks failed; the block above says which. Shown as one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return [f"CheckFailed: {self}"]


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

    here = Path(__file__).parent
    files = [here / f"check_{question}.py", *sorted(here.glob(f"check_{question}_*.py"))]
    results = run_checks(files, {ANSWERS[question]: answer})
    _display(block_of(question, results))
    if any(result.outcome != "passed" for result in results):
        raise CheckFailed(summary(question, results))


def block_of(question: str, results: Sequence[CheckResult]) -> Block:
    """Return what is shown of a question's checks."""
    return Block(question, results, POINTS.get(question, {}), TOTAL.get(question, 0.0))


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
