"""The Hypothesis profile that checks run under, and the decorator that applies it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyFailure

from .runner import seed_from

__all__ = ["PROFILE", "for_any"]

PROFILE = settings(
    # The same submission gets the same result, today and in a year.
    derandomize=True,
    # No database of earlier failures: a run must not depend on the one before.
    database=None,
    # Checks do not judge time, and a busy machine is not a student's mistake.
    deadline=None,
    # An example costs one call of the answer. On inputs this simple, 25 find what 1,000 find.
    max_examples=25,
    # One failure per check, in the check's own words; nothing is printed.
    report_multiple_bugs=False,
    verbosity=Verbosity.quiet,
    # No "explain" phase: it calls the answer 100 more times to say what the message says.
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    # A slow answer is stopped by the deadline of a call, not reported by Hypothesis.
    suppress_health_check=list(HealthCheck),
)


def for_any(
    **draws: st.SearchStrategy[object],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a check on inputs that Hypothesis draws; the smallest failing input is reported.

    Args:
        draws: A strategy for each argument of the check that is drawn, by name. The other
            arguments stay fixtures.
    """

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        # By default Hypothesis derives the seed from the check's source: another docstring would
        # mean other examples, and so other messages.
        drawn = PROFILE(seed(seed_from(check.__name__))(given(**draws)(check)))

        @functools.wraps(drawn)
        def run(*args: object, **kwargs: object) -> None:
            try:
                drawn(*args, **kwargs)
            except FlakyFailure as flaky:
                # The answer differs from call to call; the failure that was seen still stands.
                raise flaky.exceptions[0] from None

        run.__signature__ = inspect.signature(drawn)  # type: ignore[attr-defined] # pytest reads the fixtures from it
        return run

    return decorate


# Before its first example Hypothesis searches the heap for random generators, which takes 0.3 s.
# Do it at import: every process forked from this one then has it done.
PROFILE(given(st.booleans())(lambda _value: None))()
