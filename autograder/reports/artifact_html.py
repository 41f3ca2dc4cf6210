"""What the templates show of artifacts: the student's beside those of the reference solution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.reports.html import render
from autograder.results import png
from autograder.results.model import QuestionResult, StoredArtifact

_OWNERS = ("yours", "reference solution")


@dataclass(frozen=True)
class _Image:
    owner: str
    png: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class _Curve:
    """A curve; `corners` are SVG points in a square of 100 units."""

    owner: str
    corners: str
    first: float
    last: float
    count: int


@dataclass(frozen=True)
class ArtifactView:
    """Images, one sheet for each owner, or curves on the same axes from 0 to `top`."""

    name: str
    caption: str
    images: tuple[_Image, ...] = ()
    curves: tuple[_Curve, ...] = ()
    top: float = 1.0


def views(
    question: QuestionResult, reference: Sequence[StoredArtifact] = ()
) -> Iterator[ArtifactView]:
    """Yield the artifacts of a question, each with the one of that name in `reference`."""
    by_name = {one.name: one for one in reference}
    for check in question.checks:
        for mine in check.shown:
            owned = [(_OWNERS[0], mine)]
            if mine.name in by_name:
                owned.append((_OWNERS[1], by_name[mine.name]))
            if len(mine.numbers) > 1:
                yield _curves(owned)
            elif images := tuple(_images(owned)):
                yield ArtifactView(mine.name, mine.caption, images)


def render_artifacts(question: QuestionResult, reference: Sequence[StoredArtifact] = ()) -> str:
    """Return the artifacts of a question as HTML, "" if there are none."""
    return "".join(render("artifact.html.j2", artifact=one) for one in views(question, reference))


def _images(owned: Sequence[tuple[str, StoredArtifact]]) -> Iterator[_Image]:
    for owner, one in owned:
        if size := png.size(one.png):
            columns = min(one.count, png.COLUMNS)
            alt = f"{one.name}, {owner}: {one.count} images, {columns} per row. {one.caption}"
            yield _Image(owner, one.png, *size, alt)


def _curves(owned: Sequence[tuple[str, StoredArtifact]]) -> ArtifactView:
    drawn = [(owner, one.numbers) for owner, one in owned if len(one.numbers) > 1]
    top = max(max(numbers) for _, numbers in drawn) or 1.0
    step = 100 / (max(len(numbers) for _, numbers in drawn) - 1)

    def corner(place: int, number: float) -> str:
        share = min(max(number / top, 0.0), 1.0)
        return f"{step * place:.1f},{100 * (1 - share):.1f}"

    curves = tuple(
        _Curve(
            owner,
            " ".join(corner(*numbered) for numbered in enumerate(numbers)),
            numbers[0],
            numbers[-1],
            len(numbers),
        )
        for owner, numbers in drawn
    )
    mine = owned[0][1]
    return ArtifactView(mine.name, mine.caption, curves=curves, top=top)
