"""The files and folders that a worker may read: what an assignment needs, and nothing else."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import checkkit
from autograder.sandbox.confinement.packages import package_paths

# Relative to /: what the system's libraries read at run time. Programs are not needed: workers can
# start none.
_SYSTEM = (
    *("etc/ld.so.cache", "etc/fonts", "etc/localtime"),
    *("usr/share/fonts", "usr/share/zoneinfo", "usr/lib/locale"),
    *("dev/null", "dev/zero", "dev/urandom", "dev/random"),
    # The C library counts processors by the first, torch's cpuinfo by the others.
    *(f"sys/devices/system/cpu/{name}" for name in ("online", "possible", "present", "kernel_max")),
)
# Where the dynamic loader looks, besides a folder for each architecture (Debian's "multiarch").
_LIBRARIES = ("lib", "lib64", "usr/lib", "usr/lib64")
# Entries of the standard library's folder that are not part of it, or that need other files.
_NOT_STDLIB = {"site-packages", "dist-packages", "test", "idlelib", "ensurepip", "pydoc_data"}
ALWAYS = ("torch", "numpy")  # the worker itself uses them


def readable_paths(import_path: Sequence[Path], preload: Iterable[str] = ()) -> list[str]:
    """Return all that a worker may read, with the targets of links.

    Args:
        import_path: Folders that submissions may import from. Packages that the
            `requirements.txt` in one of them names may be imported, too.
        preload: Modules that submissions may import.
    """
    files = [folder / "requirements.txt" for folder in import_path]
    lines = [line for one in files if one.is_file() for line in one.read_text("utf-8").splitlines()]
    folders = [Path(folder) for folder in site_folders()]
    modules = [one for one in (*ALWAYS, *preload) if not _is_in(import_path, one.split(".")[0])]
    found = [
        *(Path("/") / name for name in _SYSTEM),
        *_shared_libraries(),
        *_interpreter(),
        *package_paths(modules, lines, folders),
        *_sandbox_code(),
        *import_path,
    ]
    unique = dict.fromkeys(hop for path in found for hop in _hops(path))
    return [str(path) for path in unique if os.path.lexists(path)]


def site_folders() -> list[str]:
    """Return the folders of installed packages, including those of `pip --user`.

    Nothing else of sys.path is included: it may contain a course with its solutions.
    """
    added = [path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}]
    return list(dict.fromkeys([*site.getsitepackages(), *added]))


def standard_library() -> list[str]:
    """Return the folders that the standard library is imported from."""
    folder = Path(os.__file__).parent
    return [str(folder), str(folder / "lib-dynload")]


def _is_in(folders: Iterable[Path], module: str) -> bool:
    return any((one / name).exists() for one in folders for name in (module, f"{module}.py"))


def _hops(path: Path) -> Iterator[Path]:
    """Yield a path, and if it is a link each path that it leads to."""
    for _ in range(40):  # as many links as the kernel follows
        yield path
        if not path.is_symlink():
            return
        path = Path(os.path.normpath(path.parent / path.readlink()))


def _shared_libraries() -> Iterator[Path]:
    """Yield the loader's folders of this architecture, and single libraries in other folders."""
    architecture = sysconfig.get_config_var("MULTIARCH")
    places = [Path("/") / name for name in _LIBRARIES]
    if architecture:
        yield from (place / architecture for place in places)
    # The interpreter's own libraries: of a Python in /usr/local, or of a conda environment.
    for place in dict.fromkeys([*places, Path(sys.base_prefix) / "lib"]):
        yield from sorted(place.glob("*.so")) + sorted(place.glob("*.so.*"))


def _interpreter() -> Iterator[Path]:
    """Yield the running interpreter and its standard library, without installed packages."""
    yield Path(sys.executable)
    yield Path(sys.prefix) / "pyvenv.cfg"
    for entry in sorted(Path(os.__file__).parent.iterdir()):
        if entry.name not in _NOT_STDLIB and not entry.name.startswith("config-"):
            yield entry


def _sandbox_code() -> list[Path]:
    """Return `autograder.sandbox`, `checkkit`, and the `__init__.py` that makes the first one."""
    sandbox = Path(__file__).resolve().parents[1]
    return [sandbox, sandbox.parent / "__init__.py", checkkit.HOME]
