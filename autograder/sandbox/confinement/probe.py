"""Try from inside what a worker can do: only a refusal that was observed counts."""

from __future__ import annotations

import json
import os
import resource
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

from autograder.sandbox.confinement import landlock, lockdown
from autograder.sandbox.confinement.acts import Target
from autograder.sandbox.confinement.attempts import ATTEMPTS
from autograder.sandbox.confinement.plan import Plan
from autograder.sandbox.confinement.remove_tree import remove_tree

_TRACE_BYTES = 4000  # of a traceback: a pipe takes them at once


class Findings(TypedDict):
    """What a probe has found.

    Attributes:
        layers: The names of the layers that hold.
        possible: The effects of `attempts` that nothing refused.
        readable: The forbidden paths that could be opened.
    """

    layers: list[str]
    possible: list[str]
    readable: list[str]


def probe(plan: Plan) -> Findings:
    """Fork a process, confine it like a worker, and return what it found that it can do.

    Raises:
        OSError: If it did not end by itself.
    """
    folder = Path(tempfile.mkdtemp(dir=plan.scratch))
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read_end)
            os.write(write_end, json.dumps(_findings(plan, folder)).encode())
        except BaseException:  # noqa: BLE001 - its standard streams are closed; the sandbox says it
            os.write(write_end, traceback.format_exc().encode()[-_TRACE_BYTES:])
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, encoding="utf-8", errors="replace") as end:
        text = end.read()
    _, status = os.waitpid(child, 0)
    remove_tree(folder)
    if not text.startswith("{"):
        raise OSError(f"the probe of the confinement has failed (status {status}): {text}")
    found: Findings = json.loads(text)
    return found


def _findings(plan: Plan, folder: Path) -> Findings:
    shared, readable = folder / "shared", folder / "readable"
    target = Target(Path(plan.outside), shared, readable, os.getppid(), plan.memory_bytes)
    for file in (shared, readable):
        file.write_text("x")
        file.chmod(0o666)
    alone = plan.in_bubblewrap and _is_alone()
    with Path("/proc/self/status").open() as status:  # workers may not open it
        ruleset = landlock.Ruleset(
            [*plan.readable, str(readable)], ["/dev/null"], plan.landlock_abi
        )
        lockdown.confine_worker(plan, ruleset)
        after = status.read()
    layers = {
        "bubblewrap": alone,
        "unprivileged": "CapEff:\t0000000000000000" in after,
        "rlimits": resource.getrlimit(resource.RLIMIT_CORE) == (0, 0),
        "no_new_privs": "NoNewPrivs:\t1" in after,
        "landlock": not _can_be_listed(Path("/"), set()),
        "seccomp": "Seccomp:\t2" in after,
        "private_mounts": not Path(f"/proc/{target.zygote}").exists(),
    }
    needed = {str(up) for path in plan.readable for up in (Path(path), *Path(path).parents)}
    forbidden = [path for path in plan.forbidden if _can_be_opened(Path(path), needed)]
    # Last, because an attempt that succeeds may change this process.
    possible = [one.effect for one in ATTEMPTS if one.required and one.succeeds(target)]
    return {
        "layers": [layer for layer, holds in layers.items() if holds],
        "possible": possible,
        "readable": forbidden,
    }


def _is_alone() -> bool:
    """Return whether this process sees only a loopback network, and few processes."""
    with suppress(OSError):
        devices = Path("/proc/net/dev").read_text().splitlines()[2:]
        names = [line.partition(":")[0].strip() for line in devices]
        return names in ([], ["lo"]) and os.getpid() < 100
    return False


def _can_be_opened(path: Path, needed: set[str]) -> bool:
    """Return whether a file can be read, or a folder listed beyond what leads to readable paths."""
    with suppress(OSError):
        path.open("rb").close()
        return True
    return _can_be_listed(path, needed)


def _can_be_listed(folder: Path, needed: set[str]) -> bool:
    with suppress(OSError):
        return any(str(entry) not in needed for entry in folder.iterdir())
    return False
