"""The Hypothesis profile that checks run under, and the decorator that applies it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyFailure

T = TypeVar("T")

PROFILE = settings(
    # the same submission gets the same result, today and in a year
    derandomize=True,
    # no folder of earlier failures: a run must not depend on the run before it
    database=None,
    # time is not what these checks judge, and a busy machine is not a student's mistake
    deadline=None,
    # a draw costs the answer one call; 25 of them find what a thousand find on inputs this simple
    max_examples=25,
    # one mistake a check, in the checks' own words; nothing printed
    report_multiple_bugs=False,
    verbosity=Verbosity.quiet,
    # no "explain": it would call the answer a hundred times more to say what the message says
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    # a slow answer is for the deadline of a call to stop, not for Hypothesis to complain of
    suppress_health_check=list(HealthCheck),
)


def for_any(
    **draws: st.SearchStrategy[object],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a check on inputs drawn under the profile; it fails with its smallest failing input."""

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        drawn = PROFILE(given(**draws)(check))

        @functools.wraps(drawn)
        def run(*args: object, **kwargs: object) -> None:
            try:
                drawn(*args, **kwargs)
            except FlakyFailure as flaky:
                # the answer does not do the same twice: the failure that was seen still stands
                raise flaky.exceptions[0] from None

        run.__signature__ = inspect.signature(drawn)  # type: ignore[attr-defined] # pytest reads the fixtures from it
        return run

    return decorate


# Before its first example Hypothesis searches all memory for generators, which takes a third of a
# second. Done here, once, it is done for every process that is forked from this one.
PROFILE(given(st.booleans())(lambda _value: None))()
