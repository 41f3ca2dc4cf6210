"""Check what this machine can do, and say how to repair what it cannot."""

from __future__ import annotations

import hashlib
import platform
import sys
import time
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.assignment.model import Assignment

Finding = tuple[bool, str, str]
"""Whether all is well, what was examined, and what was found."""

OLDEST_PYTHON = (3, 11)
CHECKSUMS = "tools/digits.sha256"


def examine(assignment: Assignment) -> bool:
    """Print every finding; return whether this machine can grade."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    well = True
    for probe in (_python, torch_pair, _nbgrader, _data, _sandbox):
        for good, name, found in probe(assignment):
            well = well and good
            mark = Text("ok  " if good else "BAD ", style="green" if good else "bold red")
            console.print(Text.assemble(mark, (f"{name}: ", "bold"), found))
    return well


def _python(_assignment: Assignment) -> Iterator[Finding]:
    good = sys.version_info >= OLDEST_PYTHON
    found = f"{platform.python_version()} on {platform.system()} {platform.release()}"
    needed = ".".join(map(str, OLDEST_PYTHON))
    yield good, "Python", found if good else f"{found}; {needed} or later is required"


def torch_pair(_assignment: Assignment) -> Iterator[Finding]:
    """Import torchvision, which fails if it was built for another version of torch."""
    pair = f"torch {_version('torch')}, torchvision {_version('torchvision')}"
    try:
        import_module("torchvision")
    except (ImportError, RuntimeError, AttributeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        remedy = "pip install --upgrade --force-reinstall torch torchvision"
        found = f"{pair} do not work together ({reason}). Install both in one command: {remedy}"
        yield False, "torch and torchvision", found
        return
    yield True, "torch and torchvision", pair


def _nbgrader(_assignment: Assignment) -> Iterator[Finding]:
    found = _version("nbgrader")
    yield found != "missing", "nbgrader", f"{found}, pytest {_version('pytest')}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _data(assignment: Assignment) -> Iterator[Finding]:
    """Compare the data files with their committed checksums."""
    sums = assignment.root / CHECKSUMS
    if not sums.is_file():
        return
    lines = [line.split(maxsplit=1) for line in sums.read_text(encoding="utf-8").splitlines()]
    expected = {name.strip().lstrip("*"): digest for digest, name in filter(None, lines)}
    bad = [name for name, digest in expected.items() if _sha256(assignment, name) != digest]
    found = f"{len(expected)} files match their checksums"
    yield not bad, "data", f"missing or changed: {', '.join(bad)}" if bad else found


def _sha256(assignment: Assignment, name: str) -> str:
    path = assignment.root / name
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _sandbox(assignment: Assignment) -> Iterator[Finding]:
    """Start the sandbox, run one line in it, and list what was tried and which layers hold."""
    from autograder.runners.forbidden_paths import forbidden_paths
    from autograder.sandbox import Cell, Sandbox, SandboxError
    from autograder.sandbox.confinement.attempts import ATTEMPTS

    start, forbidden = time.monotonic(), forbidden_paths(assignment)
    try:
        with Sandbox(
            path=[assignment.source], preload=assignment.preload, forbidden=forbidden
        ) as sandbox:
            seconds = time.monotonic() - start
            session = sandbox.session([Cell("probe", "answer = 42", "answer")], ["answer"])
            loaded = session.load()
            session.close()
            layers = list(sandbox.confinement)
    except (SandboxError, OSError) as error:
        yield False, "sandbox", str(error)
        return
    works = "answer" in loaded.names
    yield works, "sandbox", f"starts in {seconds:.1f} s" if works else "starts, but runs no code"
    found = ", ".join(layers) or "none; students' code runs in a process of its own, unconfined"
    yield True, "confinement", found
    if not layers:
        return
    required = sum(attempt.required for attempt in ATTEMPTS)
    yield True, "tried in the sandbox", f"{required} ways out of it, all of them refused"
    names = ", ".join(str(path) for path in forbidden[:40])
    yield True, "out of reach", f"a submission could not open any of {len(forbidden)}: {names}"
