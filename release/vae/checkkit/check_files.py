"""Import check files, wherever the course is.

Check files may use relative imports (`from .. import statistics`). The outermost folder without an
`__init__.py` is imported as a package whose name is derived from its path, so that two courses, or
a course and an installed package, never share modules.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Iterable
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

__all__ = ["CheckFiles", "import_check_file"]


class CheckFiles:
    """A pytest plugin that imports check files in place of pytest's own importer."""

    def pytest_pycollect_makemodule(
        self, module_path: Path, parent: pytest.Collector
    ) -> pytest.Module:
        """Return the collector of a check file."""
        collector: pytest.Module = _CheckFile.from_parent(parent, path=module_path)
        return collector

    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Dir:
        """Return a plain directory; pytest would import a package's `__init__.py` once more."""
        collector: pytest.Dir = pytest.Dir.from_parent(parent, path=path)
        return collector


class _CheckFile(pytest.Module):
    """A check file. It is imported when it is collected: pytest makes one for every file around."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Import the file and return its checks; an error in the file is a collection error."""
        try:
            self.obj = import_check_file(self.path)
        except Exception as error:
            raise self.CollectError(f"{type(error).__name__}: {error}") from error
        return super().collect()


def import_check_file(path: Path) -> ModuleType:
    """Import a check file, or return its module if it has been imported before.

    A file that raises leaves no module behind: the next call tries again.
    """
    root, names = path.parent, [path.stem]
    while (root / "__init__.py").is_file():
        root, names = root.parent, [root.name, *names]
    name = ".".join([_package(root), *names])
    if name not in sys.modules:
        importlib.invalidate_caches()  # the file may be newer than the last look into its folder
    return importlib.import_module(name)


def _package(folder: Path) -> str:
    """Return the name of the package that stands for a folder; create the package at first use."""
    name = f"checks_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        package.__spec__ = ModuleSpec(name, None, is_package=True)
        package.__spec__.submodule_search_locations = [str(folder)]
        sys.modules[name] = package
    return name
