"""The files and folders that a worker may read."""

from __future__ import annotations

import site
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import checkkit

# Relative to /: the system's programs and libraries, and what they read at run time.
_SYSTEM = (
    *("usr", "lib", "lib32", "lib64", "bin", "sbin"),
    *("etc/ld.so.cache", "etc/ld.so.conf", "etc/ld.so.conf.d"),
    *("etc/fonts", "etc/localtime", "etc/alternatives"),
    *("dev/null", "dev/zero", "dev/urandom", "dev/random"),
    *("sys/devices/system/cpu", "proc/self", "proc/cpuinfo", "proc/meminfo"),
)


def readable_paths(import_path: Sequence[Path]) -> list[str]:
    """Return all that a worker may read, if submissions may import from `import_path`."""
    system = [Path("/") / name for name in _SYSTEM]
    return [str(path) for path in (*system, *_interpreter(), *_sandbox_code(), *import_path)]


def site_folders() -> list[str]:
    """Return the folders of installed packages, including those of .pth files and `pip --user`.

    Nothing else of sys.path is included: it may contain a course with its solutions.
    """
    added = [path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}]
    return list(dict.fromkeys([*site.getsitepackages(), *added]))


def _interpreter() -> list[Path]:
    """Return the folders of the running interpreter and its packages, wherever they are."""
    prefixes = [Path(sys.prefix), Path(sys.base_prefix)]
    prefixes.append(Path(sys.executable).resolve().parent.parent)
    # Not the whole prefix: that of an interpreter in ~/bin is the home folder.
    found = [p / name for p in prefixes for name in ("bin", "lib", "lib64", "pyvenv.cfg")]
    found += [Path(sysconfig.get_path("stdlib")), Path(sys.executable), *map(Path, site_folders())]
    unique = dict.fromkeys(p.resolve() for p in found) | dict.fromkeys(found)
    return [p for p in unique if p.exists() and not p.is_relative_to("/usr")]


def _sandbox_code() -> list[Path]:
    """Return `autograder.sandbox`, `checkkit`, and the `__init__.py` that makes the first one."""
    sandbox = Path(__file__).resolve().parents[1]
    return [sandbox, sandbox.parent / "__init__.py", checkkit.HOME]
