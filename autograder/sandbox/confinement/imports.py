"""Import installed packages, as far as a worker may read them.

Python's own finder lists folders. In the folders of installed packages, a worker may read only some
entries. So it may not list these folders, or it finds empty folders in place of other entries,
which Python would import as empty packages. This finder lists nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, all_suffixes
from importlib.util import spec_from_file_location
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import Distribution, DistributionFinder


class ReadablePackages(MetaPathFinder):
    """Finds modules in folders that cannot be listed.

    Args:
        folders: Where top-level modules are.
        readable: The files and folders that may be read.
    """

    def __init__(self, folders: Sequence[str], readable: Iterable[str]) -> None:
        self._folders, self._readable = list(folders), set(readable)
        self._above = {up for path in self._readable for up in _with_parents(path)}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module is, or None if it does not exist or may not be read."""
        name = fullname.rpartition(".")[2]
        folders = self._folders if path is None else path
        for folder in folders:
            base = os.path.join(folder, name)  # noqa: PTH118 - called for each import, so it is fast
            for file in (f"{base}/__init__.py", *(base + suffix for suffix in all_suffixes())):
                if os.path.isfile(file) and self._may_read(file):  # noqa: PTH113 - likewise
                    return spec_from_file_location(fullname, file)
        return self._namespace(fullname, [f"{folder}/{name}" for folder in folders])

    def _may_read(self, file: str) -> bool:
        return any(path in self._readable for path in _with_parents(file))

    def _namespace(self, fullname: str, folders: Sequence[str]) -> ModuleSpec | None:
        """Return a package without `__init__.py`, which several distributions may share."""
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [
            folder
            for folder in folders
            if os.path.isdir(folder) and (folder in self._above or self._may_read(folder))  # noqa: PTH112 - likewise
        ]
        return spec if spec.submodule_search_locations else None

    def find_distributions(self, context: DistributionFinder.Context) -> Iterable[Distribution]:
        """Return the installed distributions that `importlib.metadata` asks for."""
        from importlib.metadata import DistributionFinder, MetadataPathFinder

        asked: dict[str, Any] = {"name": context.name, "path": self._folders}
        return MetadataPathFinder.find_distributions(DistributionFinder.Context(**asked))


def use_readable_packages(folders: Sequence[str], readable: Iterable[str]) -> None:
    """Let this process import from some folders what it may read there, and nothing else."""
    sys.path[:] = [path for path in sys.path if path not in folders]
    sys.meta_path.append(ReadablePackages(folders, readable))
    sys.path_importer_cache.clear()  # it holds listings of these folders


def _with_parents(path: str) -> list[str]:
    found = [path]
    while len(path := os.path.dirname(path)) > 1:  # noqa: PTH120 - likewise
        found.append(path)
    return found
