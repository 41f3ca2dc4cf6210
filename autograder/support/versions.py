"""The versions that a grade can depend on, found without importing anything that is slow."""

from __future__ import annotations

import platform
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

from autograder import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

# torch computes, Hypothesis draws the inputs of the checks; both may do it otherwise next year.
_PACKAGES = ("torch", "hypothesis")


@cache
def versions() -> Mapping[str, str]:
    """Return what results are made with: Python, the packages that matter, this program."""
    found = {name: metadata.version(name) for name in _PACKAGES}
    return {"python": platform.python_version(), **found, "autograder": __version__}


def alike(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Say whether two sets of versions give the same grades; a patch of Python changes none."""
    return _that_matter(one) == _that_matter(other)


def _that_matter(found: Mapping[str, str]) -> dict[str, str]:
    minor = ".".join(found.get("python", "").split(".")[:2])
    patchless = ".".join(found.get("autograder", "").split(".")[:2])
    return {**found, "python": minor, "autograder": patchless}
