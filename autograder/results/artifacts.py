"""Artifacts as results store them: small, validated, and always the same bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.results import png
from autograder.results.files import artifact_from_dict
from autograder.results.model import StoredArtifact

if TYPE_CHECKING:
    from checkkit.outcomes import Artifact  # imports NumPy

FILE = "shown.json"  # in the folder of the solutions: the artifacts of the reference answers

_MAX_IMAGES = 20  # per artifact
_MAX_SIDE = 32  # pixels
_MAX_NUMBERS = 64  # per curve
# Base64 characters per check. 60 images of 28 × 28 pixels of pure noise take 32,000.
_MAX_CHARACTERS = 40_000


def store(artifacts: Iterable[Artifact]) -> tuple[StoredArtifact, ...]:
    """Return the artifacts as a result stores them; invalid and too large ones are left out."""
    stored: list[StoredArtifact] = []
    for artifact in artifacts:
        made = _curve(artifact) if artifact.values.ndim == 1 else _images(artifact)
        if made is not None and sum(len(one.png) for one in (*stored, made)) <= _MAX_CHARACTERS:
            stored.append(made)
    return tuple(stored)


def _curve(artifact: Artifact) -> StoredArtifact | None:
    numbers = list(takewhile(math.isfinite, artifact.values.tolist()))
    if not 2 <= len(numbers) <= _MAX_NUMBERS:
        return None
    rounded = tuple(round(number, 1) for number in numbers)  # more digits are not visible
    return StoredArtifact(artifact.name, artifact.caption, numbers=rounded)


def _images(artifact: Artifact) -> StoredArtifact | None:
    values = artifact.values
    if values.ndim < 3 or max(values.shape[-2:]) > _MAX_SIDE or not values.size:
        return None
    images = values.reshape(-1, *values.shape[-2:])
    if len(images) > _MAX_IMAGES or not all(map(math.isfinite, images.ravel().tolist())):
        return None
    return StoredArtifact(
        artifact.name, artifact.caption, count=len(images), png=png.encode(images)
    )


def reference_artifacts(solutions: Path) -> Mapping[str, tuple[StoredArtifact, ...]]:
    """Return the artifacts of the reference answers by question id; none if there is no file."""
    path = solutions / FILE
    if not path.is_file():
        return {}
    tree = json.loads(path.read_text(encoding="utf-8"))
    return {name: tuple(artifact_from_dict(one) for one in items) for name, items in tree.items()}
