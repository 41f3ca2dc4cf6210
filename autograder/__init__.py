"""Grade notebooks of a PyTorch assignment without trusting them.

In a folder with a course, its `rubric.toml` and a submission:

>>> from pathlib import Path
>>> from autograder import Sandbox, grade, load
>>> assignment = load(Path("rubric.toml"))
>>> notebook = Path("submitted/ada/tiny/tiny.ipynb").read_bytes()
>>> with Sandbox(path=[assignment.source], preload=assignment.preload) as sandbox:
...     result = grade(notebook, "ada", assignment, sandbox)
>>> result.status, result.score, result.max_score
('graded', 6.0, 10.0)
>>> for question in result.questions:
...     for check in question.checks:
...         if check.outcome != "passed":
...             print(f"{question.id}: {check.message}")
double: double(-3.5): expected -7.0, got 7.0

One sandbox serves any number of submissions: `grade` runs each in new processes.
"""

from __future__ import annotations

from importlib import import_module

# Not from typing: `python -m autograder` would import a file of that name in the working folder.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from autograder.assignment.rubric import load
    from autograder.grading.grade import grade
    from autograder.results.model import Result
    from autograder.sandbox.sandbox import Sandbox

    __version__: str

__all__ = ["Result", "Sandbox", "__version__", "grade", "load"]

# Lazy: the command line must start without torch. The confined worker imports this module too, and
# has no package of the engine but `sandbox`.
_LAZY = {
    "Result": ("results.model", "Result"),
    "Sandbox": ("sandbox.sandbox", "Sandbox"),
    "__version__": ("support.versions", "VERSION"),
    "grade": ("grading.grade", "grade"),
    "load": ("assignment.rubric", "load"),
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _LAZY[name]
    return getattr(import_module(f".{module}", __name__), attribute)
