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

from autograder.support.errors import CannotRunError
from autograder.support.files import printable_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.assignment.model import Assignment

Finding = tuple[bool, str, str]
"""Whether all is well, what was examined, and what was found."""

OLDEST_PYTHON = (3, 11)
CHECKSUMS = "tools/digits.sha256"
REMEDY = """\
A submission could do on this machine what is marked NOT HELD. Do not grade submissions here before
it holds: install bubblewrap, use a newer kernel, or grade in a virtual machine that holds nothing
else. `autograder doctor` says which layers this machine has. If it has all of them, please report
this output as SECURITY.md says."""
UNCONFINED = """\
These attacks were not confined, so most of them are expected to succeed: this is what --unconfined
gives up. Run the command without --unconfined to see what holds when submissions are graded."""


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


def attack(assignment: Assignment, *, confine: bool) -> bool:
    """Try attacks on this machine and print the outcome of each; return whether all have held.

    Raises:
        CannotRunError: If the sandbox does not start, or the attacks are for another system.
    """
    if sys.platform != "linux":
        raise CannotRunError("the attacks are for Linux, where submissions can be confined")
    from autograder.authoring.attacks.trial import try_all

    console = Console(width=None if sys.stdout.isatty() else 140)
    start, group, held, tried = time.monotonic(), "", 0, 0
    for verdict in try_all(assignment, confine=confine):
        if verdict.attack.group != group:
            group = verdict.attack.group
            console.print(Text(group, style="bold"))
        held, tried = held + verdict.held, tried + 1
        mark = Text("  held      ", style="green")
        if not verdict.held:
            mark = Text("  NOT HELD  ", style="bold red")
        line = Text.assemble(mark, f"{verdict.attack.name}: ", (verdict.attack.tried, "dim"))
        if not verdict.held:
            line.append(f"\n            {printable_name(verdict.evidence, limit=200)}")
        console.print(line)
    seconds = time.monotonic() - start
    console.print(f"{held} of {tried} attacks held ({seconds:.0f} s)")
    if held < tried:
        console.print(REMEDY if confine else UNCONFINED)
    return held == tried


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
