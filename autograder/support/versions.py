"""The version of this program, and the versions that a grade can depend on."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata

# A release that can change a grade is never a patch: results with another minor version are stale.
VERSION = "0.1.0"

# torch computes and Hypothesis draws the inputs of checks; a new version may change either.
_PACKAGES = ("torch", "hypothesis")


@cache
def versions() -> Mapping[str, str]:
    """Return the versions of Python, this program and the packages that a grade can depend on."""
    found = {name: metadata.version(name) for name in _PACKAGES}  # imports none of them
    return {"python": platform.python_version(), **found, "autograder": VERSION}


def same_grades(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Return whether two sets of versions give the same grades: they differ in patches at most."""
    return _without_patches(one) == _without_patches(other)


def _without_patches(found: Mapping[str, str]) -> dict[str, str]:
    minors = {
        name: ".".join(found.get(name, "").split(".")[:2]) for name in ("python", "autograder")
    }
    return {**found, **minors}
