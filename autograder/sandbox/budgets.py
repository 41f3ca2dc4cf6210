"""The time and memory that a submission may take: defaults and bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

SHORTEST = 0.1  # seconds; on a loaded machine an honest call sometimes takes nearly as long
LONGEST = 600.0  # seconds
# Of `submission_seconds`: the most that the calls of one question may take. So one slow answer
# leaves time for the others.
_QUESTION_SHARE = 0.6
# Seconds that a job may take beyond `submission_seconds`, for what the grader does itself.
_JOB_SECONDS = 20.0
# After this many hangs in a row, an answer is not called again, and the rest of its checks end as
# timeouts: a function that always hangs would hang in twenty checks. Five checks have called it
# with different shapes, sizes and values. If any call returns, the count starts again.
HANGS_IN_A_ROW = 5


@dataclass(frozen=True)
class Budgets:
    """The time and memory that one submission may take.

    Attributes:
        call_seconds: For one call of an answer; an honest one takes milliseconds.
        after_hang_seconds: For each call after one that hung; see `after_hangs`.
        cell_seconds: For running one cell; definitions take no time.
        load_seconds: For running all cells.
        submission_seconds: For the whole submission, from the first cell to the last call; the
            calls of one question may take six tenths of it. The slowest honest submission seen
            takes 5 s on an idle processor. The rest is for slow answers and busy machines.
        memory_mib: In addition to Python and the preloaded modules. Training a small convolutional
            network takes about 200.
    """

    call_seconds: float = 10.0
    after_hang_seconds: float = 3.0
    cell_seconds: float = 5.0
    load_seconds: float = 20.0
    submission_seconds: float = 130.0
    memory_mib: float = 2048.0

    @property
    def question_seconds(self) -> float:
        """The seconds for all calls of one question; always enough for one call."""
        return max(self.call_seconds, _QUESTION_SHARE * self.submission_seconds)

    @property
    def job_seconds(self) -> float:
        """The seconds after which a job that grades a submission is stopped."""
        return self.submission_seconds + _JOB_SECONDS

    def after_hangs(self, hangs: int) -> float:
        """Return the seconds for a call after this number of hangs.

        A function that hangs does so in every check, and a class of 300 has fifteen such functions.
        So the budget is halved after the second hang, and is a third from the third hang on.
        """
        return self.after_hang_seconds / min(hangs, 3)


# The least and the most that a rubric may set. torch alone may need 256 MiB for its buffers.
BOUNDS: Mapping[str, tuple[float, float]] = {
    field.name: (256, 65536) if field.name == "memory_mib" else (SHORTEST, LONGEST)
    for field in fields(Budgets)
}
# The first budget of each pair is part of the second one.
_WITHIN = (
    ("after_hang_seconds", "call_seconds"),
    ("cell_seconds", "load_seconds"),
    ("call_seconds", "submission_seconds"),
)


def budgets_of(table: Mapping[str, float]) -> Budgets:
    """Return the budgets that a rubric's `[budgets]` table sets.

    A budget that the table leaves out has its default value, or the value of the budget that it is
    part of, if that is less.
    """
    budgets = replace(Budgets(), **{name: float(value) for name, value in table.items()})
    for part, whole in reversed(_WITHIN):
        if part not in table:
            shorter = min(getattr(budgets, part), getattr(budgets, whole))
            budgets = replace(budgets, **{part: shorter})
    return budgets


def budget_errors(table: Mapping[str, float]) -> Iterator[str]:
    """Yield a message for each budget that is longer than the budget that it is part of."""
    budgets = budgets_of(table)
    for part, whole in _WITHIN:
        if getattr(budgets, part) > getattr(budgets, whole):
            default = "" if whole in table else ", the default"
            yield (
                f"{part} ({getattr(budgets, part):g}) must not be more than "
                f"{whole} ({getattr(budgets, whole):g}{default})"
            )
