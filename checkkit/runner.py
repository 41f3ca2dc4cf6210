"""Run check files with pytest against a set of answers.

A notebook passes the student's own objects; the grader passes proxies of objects in another
process. The check files are the same and cannot tell the difference.
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

import numpy as np
import pytest
import torch

from .artifacts import ArtifactRecorder
from .check_files import CheckFiles
from .host import IN_PROCESS, CheckHost
from .outcomes import CheckReport, Outcome
from .wording import plain

__all__ = ["run_checks", "seed_everything", "seed_from"]

# What must be off to run pytest inside another program: surrounding configuration and conftest.py,
# output, capture (a notebook's stdout is not a file), the cache folder.
_ARGUMENTS = (
    "--capture=no",
    "--noconftest",
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
) -> list[CheckReport]:
    """Run the checks in `files` against `answers`, in the files' order.

    Args:
        files: Check files. Their functions `check_<sentence>` ask for answers by argument name, and
            may ask for the fixtures `fresh_copy` and `artifacts`.
        answers: The answers by name, real objects or proxies.
        select: The ids of the checks to run; None for all.
        unexpected: The outcome of an exception without an attribute `outcome`. In a notebook it is
            the student's, so `error`. A grader that marks the student's exceptions passes
            `grader_error`. A plain `assert` of a check that fails is never unexpected: the check
            has failed.
        host: The process that the answers are in.

    Returns:
        One report for each check, and one for each check file that cannot be imported
        (`grader_error`).
    """
    artifacts = ArtifactRecorder(host.isolated or (lambda: nullcontext(answers)))
    folders = {file.resolve().parent for file in files}
    recorder = _Recorder(select, host.before_each, unexpected, artifacts, folders)
    fixtures = {**answers, "fresh_copy": host.fresh_copy, "artifacts": artifacts}
    arguments = [*_ARGUMENTS, f"--rootdir={files[0].parent}", *map(str, files)]
    plugins = [recorder, CheckFiles(), _fixtures_plugin(fixtures)]
    with _without_installed_plugins(), _random_state_kept():
        status = pytest.main(arguments, plugins=plugins)
    # 0: all passed, 1: some failed, 5: none selected. Otherwise no check ran, for example because a
    # file could not be imported.
    if status not in (0, 1, 5):
        recorder.add_grader_error(f"pytest stopped with status {int(status)}")
    return recorder.reports


def seed_from(check_id: str) -> int:
    """Return the seed for a check. It depends on the check's id only, so every run is the same."""
    return int.from_bytes(hashlib.sha256(check_id.encode()).digest()[:4], "big")


def seed_everything(seed: int) -> None:
    """Seed the three global generators: torch's, NumPy's and Python's."""
    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - students draw from the global generator
    random.seed(seed)


class _Recorder:
    """A pytest plugin that seeds each check and records its result."""

    def __init__(
        self,
        select: Collection[str] | None,
        before_each: Callable[[str], None],
        unexpected: Outcome,
        artifacts: ArtifactRecorder,
        folders: Collection[Path],
    ) -> None:
        self.reports: list[CheckReport] = []
        self._select = select
        self._before_each = before_each
        self._unexpected: Outcome = unexpected
        self._artifacts = artifacts
        self._folders = folders

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._select is not None:
            items[:] = [item for item in items if _id_of(item) in self._select]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.add_grader_error(f"{report.nodeid}: {report.longreprtext}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Start every check from the same random state, whatever ran before it."""
        check_id = _id_of(item)
        with _torch_settings_kept():
            # What a notebook or an earlier check has set must not affect the outcome.
            torch.set_grad_enabled(True)
            torch.set_default_dtype(torch.float32)
            seed_everything(seed_from(check_id))
            self._before_each(check_id)
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Record the check and return a bare report: nobody reads pytest's traceback."""
        raised = call.excinfo.value if call.excinfo else None
        if call.when == "call" or raised is not None:
            wrong = isinstance(raised, AssertionError) and self._is_of_a_check(raised)
            outcome: Outcome = "failed" if wrong else self._unexpected
            report = _report(item, raised, call.duration, outcome)
            # Collected after the check: making artifacts cannot change its outcome.
            self.reports.append(replace(report, artifacts=self._artifacts.collect()))
        return pytest.TestReport(
            item.nodeid,
            item.location,
            keywords={},
            outcome="failed" if raised else "passed",
            longrepr=None,
            when="call" if call.when == "collect" else call.when,
        )

    def _is_of_a_check(self, raised: BaseException) -> bool:
        """Return whether a check file or a helper beside it raised, by a plain `assert`."""
        *_, (frame, _) = traceback.walk_tb(raised.__traceback__)
        return Path(frame.f_code.co_filename).parent in self._folders

    def add_grader_error(self, message: str) -> None:
        """Record an error of the grader that belongs to no check."""
        title = "The checks can be run"
        self.reports.append(CheckReport("the_checks_can_be_run", title, "grader_error", message))


def _report(
    item: pytest.Item, raised: BaseException | None, seconds: float, unexpected: Outcome
) -> CheckReport:
    """Return the report of a check that raised this exception, or none."""
    name, title, seconds = _id_of(item), _title_of(item), round(seconds, 3)
    if raised is None:
        return CheckReport(name, title, "passed", seconds=seconds)
    return CheckReport(
        name,
        title,
        outcome=getattr(raised, "outcome", unexpected),
        message=getattr(raised, "message", None) or _one_line(raised),
        hint=getattr(raised, "hint", None),
        misconception=getattr(raised, "misconception", None),
        seconds=seconds,
        images=getattr(raised, "images", None),
        where=_notebook_line(raised),
    )


def _notebook_line(raised: BaseException) -> str:
    """Return "line 3 of the cell, in encode: its text" for the innermost frame of a notebook."""
    found = ""
    for frame, number in traceback.walk_tb(raised.__traceback__):
        file, name = frame.f_code.co_filename, frame.f_code.co_name
        if "ipykernel_" in file or file.startswith("<ipython-input"):
            text = plain(linecache.getline(file, number).strip())
            found = f"line {number} of the cell, in {plain(name)}: {text}"
    return found


def _one_line(raised: BaseException) -> str:
    """Return "ValueError: the first line", cut to a length that a page can show."""
    lines = str(raised).strip().splitlines() or [""]
    return f"{type(raised).__name__}: {lines[0]}"[:500].removesuffix(": ")


def _id_of(item: pytest.Item) -> str:
    return item.name.removeprefix("check_")


def _title_of(item: pytest.Item) -> str:
    """Return the first line of the check's docstring, or its name as words."""
    documentation = (getattr(item, "obj", None).__doc__ or "").strip()
    return documentation.splitlines()[0] if documentation else _id_of(item).replace("_", " ")


def _fixtures_plugin(fixtures: Mapping[str, object]) -> object:
    """Return a plugin with these fixtures.

    Their scope is the session: answers have no state that a check may rely on, and Hypothesis warns
    of fixtures that its examples would share at function scope.
    """

    def fixture(name: str, value: object) -> object:
        return pytest.fixture(scope="session", name=name)(lambda: value)

    plugin = types.ModuleType("answers")  # pytest looks for fixtures in modules
    for name, value in fixtures.items():
        setattr(plugin, name, fixture(name, value))
    return plugin


@contextmanager
def _without_installed_plugins() -> Iterator[None]:
    """Ignore the pytest plugins that are installed: they cost time and change runs."""
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
def _torch_settings_kept() -> Iterator[None]:
    """Restore the settings of torch that an answer can change for the whole process."""
    gradients, dtype = torch.is_grad_enabled(), torch.get_default_dtype()
    try:
        yield
    finally:
        torch.set_grad_enabled(gradients)
        torch.set_default_dtype(dtype)


@contextmanager
def _random_state_kept() -> Iterator[None]:
    """Restore the three global generators: a check must not change a student's training."""
    kept = random.getstate(), np.random.get_state()  # noqa: NPY002 - students draw from it
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            random.setstate(kept[0])
            np.random.set_state(kept[1])  # noqa: NPY002 - likewise
