"""Run some cases in `make test`, and all of them in `make test-all`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def one_in(count: int, cases: Iterable[Any]) -> list[Any]:
    """Return cases as parameters; all but one in `count` are exhaustive."""
    return some(lambda place, _: place % count == 0, cases)


def only(kept: Iterable[Any], cases: Iterable[Any]) -> list[Any]:
    """Return cases as parameters; those that are not `kept` are exhaustive."""
    kept = list(kept)
    unknown = [one for one in kept if one not in (cases := list(cases))]
    assert unknown == []
    return some(lambda _, case: case in kept, cases)


def some(is_kept: Callable[[int, Any], bool], cases: Iterable[Any]) -> list[Any]:
    """Return cases as parameters; those that `is_kept` refuses are exhaustive."""
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=() if is_kept(place, case) else pytest.mark.exhaustive,
        )
        for place, case in enumerate(cases)
    ]


def selected(request: pytest.FixtureRequest, argument: str) -> set[Any]:
    """Return the values of an argument of the module's tests that are going to run."""
    return {
        item.callspec.params[argument]
        for item in request.session.items
        if item.path == request.path
        and hasattr(item, "callspec")
        and argument in item.callspec.params
    }
