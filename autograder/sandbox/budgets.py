"""What a submission may cost in time and memory: the defaults, and the bounds of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

SHORTEST = 0.1  # seconds; less than that a loaded machine takes for an honest call, now and then
# Seconds. A submission visits at most a few times (as it is, and with stand-ins), and half an hour
# is what its job may take altogether.
LONGEST = 600.0
# An answer of which so many calls in a row have hung is called no more, and the rest of its checks
# end as these did: a function that hangs always would in twenty checks. In five it has been asked
# for different shapes, sizes and values; if any call comes back, the count begins anew.
HANGS_IN_A_ROW = 5


@dataclass(frozen=True)
class Budgets:
    """What one submission may cost.

    Attributes:
        call_seconds: For one call of an answer; an honest one takes milliseconds.
        after_hang_seconds: For each call after one that did not come back; see `after_hangs`.
        cell_seconds: For loading one cell; definitions take none.
        load_seconds: For loading all cells.
        submission_seconds: For all calls together; each question may take an equal share of it. The
            slowest honest submission seen takes 5 s of them on a quiet processor; this is for an
            answer that is slow at each of a thousand calls.
        memory_mib: Beyond what Python and the preloaded modules take. Training a small
            convolutional network takes about 200.
    """

    call_seconds: float = 10.0
    after_hang_seconds: float = 3.0
    cell_seconds: float = 5.0
    load_seconds: float = 20.0
    submission_seconds: float = 300.0
    memory_mib: float = 2048.0

    def share(self, questions: int) -> float:
        """Return how long all calls for one of so many questions may take; one call may always."""
        return max(self.call_seconds, self.submission_seconds / max(questions, 1))

    def after_hangs(self, hangs: int) -> float:
        """Return how long a call may take after so many that did not come back.

        A function that hangs does so in every check, and a class of 300 has fifteen such: half
        after the second, a third after the third.
        """
        return self.after_hang_seconds / min(hangs, 3)


# Each must be within its bounds. 256 MiB is what torch alone may need for its buffers.
BOUNDS: Mapping[str, tuple[float, float]] = {
    field.name: (256, 65536) if field.name == "memory_mib" else (SHORTEST, LONGEST)
    for field in fields(Budgets)
}
# The first of each pair is within the second.
_WITHIN = (
    ("after_hang_seconds", "call_seconds"),
    ("cell_seconds", "load_seconds"),
    ("call_seconds", "submission_seconds"),
)


def budgets_of(told: Mapping[str, float]) -> Budgets:
    """Return the budgets that a rubric asks for.

    What it leaves out is as always, or no longer than the whole that it is a part of.
    """
    found = replace(Budgets(), **{name: float(value) for name, value in told.items()})
    for part, whole in reversed(_WITHIN):
        if part not in told:
            shorter = min(getattr(found, part), getattr(found, whole))
            found = replace(found, **{part: shorter})
    return found


def misfits(told: Mapping[str, float]) -> Iterator[str]:
    """Say which budget is longer than the whole that it is a part of."""
    found = budgets_of(told)
    for part, whole in _WITHIN:
        if getattr(found, part) > getattr(found, whole):
            more = "" if whole in told else ", if nothing else is said"
            yield (
                f"{part} ({getattr(found, part):g}) must not be more than "
                f"{whole} ({getattr(found, whole):g}{more})"
            )
