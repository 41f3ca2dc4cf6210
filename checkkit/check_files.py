"""Import check files, wherever the course lies.

Check files may use relative imports (`from ..oracles import kl`). The outermost folder that has no
`__init__.py` is imported as a package whose name is derived from its path, so that two courses, or
a course and an installed package, never share modules.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest


class CheckFiles:
    """A pytest plugin that imports check files in place of pytest's own importer."""

    def pytest_pycollect_makemodule(
        self, module_path: Path, parent: pytest.Collector
    ) -> pytest.Module:
        """Return the module of a check file; an error in the file is a collection error."""
        collector: pytest.Module = pytest.Module.from_parent(parent, path=module_path)
        try:
            collector.obj = import_check_file(module_path)
        except Exception as error:
            raise collector.CollectError(f"{type(error).__name__}: {error}") from error
        return collector


def import_check_file(path: Path) -> ModuleType:
    """Import a check file, or return the module if it has been imported before."""
    root, names = path.parent, [path.stem]
    while (root / "__init__.py").is_file():
        root, names = root.parent, [root.name, *names]
    return importlib.import_module(".".join([_package(root), *names]))


def _package(folder: Path) -> str:
    """Return the name of the package that stands for a folder; create it at first use."""
    name = f"checks_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        package.__spec__ = ModuleSpec(name, None, is_package=True)
        package.__spec__.submodule_search_locations = [str(folder)]
        sys.modules[name] = package
    return name
