"""Find the installed packages that an assignment needs, as files and folders.

These are the distributions that contain the preloaded modules, those that the assignment's
requirements file names, and all that these require in turn. Nothing is imported: the metadata is
read from the files beside the packages. `importlib.metadata` parses each file as an e-mail, which
would take half a second at every start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.machinery import all_suffixes
from importlib.util import cache_from_source
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

_METADATA = {".dist-info": "METADATA", ".egg-info": "PKG-INFO"}


def package_paths(
    modules: Iterable[str], requirements: Iterable[str], folders: Sequence[Path]
) -> list[Path]:
    """Return the files and folders of all packages that are needed.

    Args:
        modules: Names of modules to import; those in no installed package are ignored.
        requirements: Lines of requirements files.
        folders: The folders of installed packages, in the order of `sys.path`.
    """
    installed: dict[str, _Distribution] = {}
    for one in _distributions(folders):
        installed.setdefault(one.name, one)
    found, waiting = set[Path](), [one for line in requirements for one in _parsed(line)]
    for name in dict.fromkeys(module.partition(".")[0] for module in modules):
        owners = _owners(name, installed)
        waiting += [Requirement(owner.name) for owner in owners]
        if not owners:  # a module that was copied there by hand
            found.update(path for folder in folders for path in _files_of_module(folder / name))
    seen = set[tuple[str, frozenset[str]]]()
    while waiting:
        wanted = waiting.pop()
        key = (_normalized(wanted.name), frozenset(wanted.extras))
        if key in seen or key[0] not in installed:
            continue
        seen.add(key)
        found.update(installed[key[0]].paths)
        waiting += installed[key[0]].requirements(wanted.extras)
    return sorted(found)


def _distributions(folders: Sequence[Path]) -> Iterator[_Distribution]:
    for folder in folders:
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                if path.suffix in _METADATA:
                    yield _Distribution(path)


def _owners(name: str, installed: dict[str, _Distribution]) -> list[_Distribution]:
    """Return the distributions that contain a module; usually the one of the same name."""
    same = installed.get(_normalized(name))
    if same is not None and same.contains(name):
        return [same]
    return [one for one in installed.values() if one.contains(name)]


def _files_of_module(path: Path) -> Iterator[Path]:
    """Yield the folder or files of a module, which need not exist."""
    candidates = [path, *(path.with_name(path.name + suffix) for suffix in all_suffixes())]
    yield from (candidate for candidate in candidates if candidate.exists())


@dataclass(frozen=True)
class _Distribution:
    """An installed distribution.

    Attributes:
        metadata: Its `.dist-info` or `.egg-info`, which is a folder or, if old, a file.
    """

    metadata: Path

    @property
    def name(self) -> str:
        """Its normalized name."""
        return _normalized(self.metadata.stem.partition("-")[0])

    def requirements(self, extras: Iterable[str]) -> Iterator[Requirement]:
        """Yield what the distribution requires on this system, with some of its extras."""
        file = self.metadata
        if file.is_dir():
            file /= _METADATA[file.suffix]
        if not file.is_file():
            return
        header = file.read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
        for line in re.findall(r"^Requires-Dist: *(.*)$", header, re.MULTILINE):
            if "extra" in line and not extras:
                continue  # parsing takes most of the time
            for found in _parsed(line):
                environments = [{"extra": extra} for extra in ("", *extras)]
                if found.marker is None or any(map(found.marker.evaluate, environments)):
                    yield found

    def contains(self, module: str) -> bool:
        """Return whether a top-level module is part of the distribution."""
        tops = {path.relative_to(self.metadata.parent).parts[0] for path in self.paths}
        return module in tops or any(module + suffix in tops for suffix in all_suffixes())

    @cached_property
    def paths(self) -> list[Path]:
        """The existing files and folders that are its own.

        Of a folder that several distributions share, such as `nvidia`, only the parts of this one
        are included: each is the highest folder in which the distribution has files.
        """
        found = [[self.metadata.name]]
        for parts in sorted(name.split("/") for name in self._folders_and_files()):
            inside = parts[: len(found[-1])] == found[-1]
            if not inside and parts[0] not in ("..", "__pycache__"):  # a program, or bytecode
                found.append(parts)
        paths = [self.metadata.parent.joinpath(*parts) for parts in found]
        # A .pth file is code that runs at start-up.
        existing = [path for path in paths if path.suffix != ".pth" and path.exists()]
        return [path for one in existing for path in _with_bytecode(one)]

    def _is_shared(self, top: str) -> bool:
        """Return whether a folder is a package that several distributions share, as `nvidia` is."""
        path = self.metadata.parent / top
        return top.isidentifier() and path.is_dir() and not (path / "__init__.py").exists()

    def _folders_and_files(self) -> set[str]:
        """Return the top-level entries of the distribution, and its folders in shared packages."""
        record = self.metadata / "RECORD"
        if record.is_file():
            text = record.read_text(encoding="utf-8", errors="replace")
            tops = set(re.findall(r'^"?([^/,"\n]+)[/,"]', text, re.MULTILINE))
            shared = {top for top in tops if self._is_shared(top)}
            parts = r"^\"?((?:" + "|".join(map(re.escape, shared)) + r")/[^\n]*)/"
            inner = re.findall(parts, text, re.MULTILINE) if shared else []
            return {*(tops - shared), *inner}
        # System packages have no RECORD.
        top = self.metadata / "top_level.txt"
        names = top.read_text(encoding="utf-8").split() if top.is_file() else [self.name]
        site = self.metadata.parent
        return {path.name for name in names for path in _files_of_module(site / name)}


def _with_bytecode(path: Path) -> Iterator[Path]:
    yield path
    if path.suffix == ".py" and (bytecode := Path(cache_from_source(str(path)))).exists():
        yield bytecode


def _parsed(line: str) -> Iterator[Requirement]:
    """Yield the requirement of one line of a requirements file, unless it has another form."""
    try:
        yield Requirement(line.partition(" #")[0].strip())
    except InvalidRequirement:
        return  # an option, a comment, a folder or an address


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
