"""Run check files with pytest against a set of answers; one plugin for every place they run in.

The notebook hands in the student's own objects; the grading program hands in proxies that reach
into another process. The check files are the same and cannot tell.
"""

from __future__ import annotations

import hashlib
import linecache
import os
import random
import traceback
import types
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import torch

from .artifacts import Show
from .check_files import CheckFiles
from .host import IN_PROCESS, CheckHost
from .outcomes import CheckResult, Outcome
from .wording import plain

Answer = TypeVar("Answer")

# What pytest itself needs switched off to run inside another program: no configuration file of the
# surroundings, no output, no capture (a notebook's stdout is not a file), no cache folder.
_ARGUMENTS = (
    "--capture=no",
    "--strict-markers",
    f"--config-file={os.devnull}",
    "--override-ini=python_files=check_*.py",
    "--override-ini=python_functions=check_*",
    "--import-mode=importlib",
    *(f"-pno:{plugin}" for plugin in ("terminal", "cacheprovider", "logging", "warnings")),
    *(
        f"-pno:{plugin}"
        for plugin in ("faulthandler", "doctest", "junitxml", "unraisableexception")
    ),
    *(f"-pno:{plugin}" for plugin in ("threadexception", "stepwise", "debugging", "pastebin")),
)


def run_checks(
    files: Sequence[Path],
    answers: Mapping[str, object],
    *,
    select: Collection[str] | None = None,
    unexpected: Outcome = "error",
    host: CheckHost = IN_PROCESS,
) -> list[CheckResult]:
    """Run the checks in `files` against `answers`, in the files' order.

    Args:
        files: Check files; their functions `check_<sentence>` ask for answers by argument name.
        answers: The answers by name, real objects or proxies.
        select: Only the checks with these ids; all of them if None.
        unexpected: The outcome of an exception that says nothing of its outcome itself: `error` in
            a notebook, where it is the student's, `grader_error` where theirs are marked as theirs.
        host: The process that the answers are in.

    Returns:
        One result for each check, also for a check file that cannot be read (`grader_error`).
    """
    show = Show(host.isolated or (lambda: nullcontext(answers)))
    recorder = _Recorder(select, host.before_each, unexpected, show)
    fixtures = {**answers, "fresh_copy": host.fresh_copy, "show": show}
    arguments = [*_ARGUMENTS, f"--rootdir={files[0].parent}", *map(str, files)]
    plugins = [recorder, CheckFiles(), _fixtures_plugin(fixtures)]
    with _only_our_plugins(), _random_state_kept():
        status = pytest.main(arguments, plugins=plugins)
    # 0: all passed, 1: some failed, 5: none selected. Anything else is pytest's own trouble.
    if status not in (0, 1, 5):
        recorder.broken(f"pytest stopped with status {int(status)}")
    return recorder.results


def seed_from(check_id: str) -> int:
    """Return the seed for a check: from its name alone, so that every run of it is the same run."""
    return int.from_bytes(hashlib.sha256(check_id.encode()).digest()[:4], "big")


def seed_everything(seed: int) -> None:
    """Seed the three generators that answers and checks draw from."""
    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - students draw from the global generator
    random.seed(seed)


class _Recorder:
    """A pytest plugin that seeds each check and writes down what it came to."""

    def __init__(
        self,
        select: Collection[str] | None,
        before_each: Callable[[str], None],
        unexpected: Outcome,
        show: Show,
    ) -> None:
        self.results: list[CheckResult] = []
        self._select = select
        self._before_each = before_each
        self._unexpected: Outcome = unexpected
        self._show = show

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._select is not None:
            items[:] = [item for item in items if _id_of(item) in self._select]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken(f"{report.nodeid}: {report.longreprtext}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Start every check from the same state, whatever ran before it."""
        check_id = _id_of(item)
        seed_everything(seed_from(check_id))
        self._before_each(check_id)
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Record the check, and give pytest a bare report: nobody reads its traceback."""
        raised = call.excinfo.value if call.excinfo else None
        if call.when == "call" or raised is not None:
            result = _result(item, raised, call.duration, self._unexpected)
            # after the check: what becomes of the pictures can no longer change what it came to
            self.results.append(replace(result, shown=self._show.collect()))
        return pytest.TestReport(
            item.nodeid,
            item.location,
            keywords={},
            outcome="failed" if raised else "passed",
            longrepr=None,
            when="call" if call.when == "collect" else call.when,
        )

    def broken(self, why: str) -> None:
        """Record trouble of ours that belongs to no check."""
        title = "The checks can be run"
        self.results.append(CheckResult("the_checks_can_be_run", title, "grader_error", why))


def _result(
    item: pytest.Item, raised: BaseException | None, seconds: float, unexpected: Outcome
) -> CheckResult:
    """Return what a check came to, from the exception that it raised, if any."""
    name, title, seconds = _id_of(item), _title_of(item), round(seconds, 3)
    if raised is None:
        return CheckResult(name, title, "passed", seconds=seconds)
    outcome: Outcome = getattr(raised, "outcome", unexpected)
    message = getattr(raised, "message", None) or _one_line(raised)
    hint = getattr(raised, "hint", None)
    misconception = getattr(raised, "misconception", None)
    pictures, where = getattr(raised, "pictures", None), _line_of_the_notebook(raised)
    return CheckResult(name, title, outcome, message, hint, misconception, seconds, pictures, where)


def _line_of_the_notebook(raised: BaseException) -> str:
    """Return "line 3 of the cell, in encode: its text" for the last line of a notebook that ran."""
    found = ""
    for frame, number in traceback.walk_tb(raised.__traceback__):
        file, name = frame.f_code.co_filename, frame.f_code.co_name
        if "ipykernel_" in file or file.startswith("<ipython-input"):
            text = plain(linecache.getline(file, number).strip())
            found = f"line {number} of the cell, in {plain(name)}: {text}"
    return found


def _one_line(raised: BaseException) -> str:
    """Return "ValueError: its first line", cut to a length that a page can show."""
    lines = str(raised).strip().splitlines() or [""]
    return f"{type(raised).__name__}: {lines[0]}"[:500].removesuffix(": ")


def _id_of(item: pytest.Item) -> str:
    return item.name.removeprefix("check_")


def _title_of(item: pytest.Item) -> str:
    """Return the first line of the check's docstring, or its name as words."""
    documentation = (getattr(item, "obj", None).__doc__ or "").strip()
    return documentation.splitlines()[0] if documentation else _id_of(item).replace("_", " ")


def _fixtures_plugin(fixtures: Mapping[str, object]) -> object:
    """Return a plugin with one fixture for each answer, `afresh`, and `show`.

    They live as long as the session: an answer has no state that a check may rely on, and so
    Hypothesis has no reason to warn of fixtures that are shared by its examples.
    """

    def fixture(name: str, value: object) -> object:
        return pytest.fixture(scope="session", name=name)(lambda: value)

    plugin = types.ModuleType("answers")  # pytest wants shared fixtures in a module
    for name, value in fixtures.items():
        setattr(plugin, name, fixture(name, value))
    return plugin


@contextmanager
def _only_our_plugins() -> Iterator[None]:
    """Keep the plugins that happen to be installed here out: they cost time and change runs."""
    name = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


@contextmanager
def _random_state_kept() -> Iterator[None]:
    """Leave the three generators as they were: a check must not change a student's training."""
    kept = random.getstate(), np.random.get_state()  # noqa: NPY002 - the global one, on purpose
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            random.setstate(kept[0])
            np.random.set_state(kept[1])  # noqa: NPY002 - likewise
