"""Grade a submission's questions side by side, where there are more processors than submissions.

Each is graded as if nothing that it needs had lost points. Where something had, the stand-ins are
others, and `grade` does it again: a result is that of one question after the other.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from autograder.runners import process_pool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from autograder.assignment.model import Assignment
    from autograder.results.model import QuestionResult, Result
    from autograder.runners.process_pool import Job
    from autograder.sandbox import Sandbox


def run(
    jobs: Iterable[Job], assignment: Assignment, sandbox: Sandbox, workers: int
) -> Iterator[tuple[Job, Result] | None]:
    """Grade the jobs as `batch.run` does; the questions apart, if they are fewer than workers."""
    jobs = iter(jobs)
    first = list(islice(jobs, workers))
    if len(first) < workers:
        yield from _apart(first, assignment, sandbox, workers)
    else:
        yield from process_pool.run(chain(first, jobs), assignment, sandbox, workers)


def _apart(
    jobs: Sequence[Job], assignment: Assignment, sandbox: Sandbox, workers: int
) -> Iterator[tuple[Job, Result] | None]:
    seconds = [0.0 for _ in jobs]
    found: list[dict[str, QuestionResult]] = [dict(job.kept) for job in jobs]
    for step in process_pool.run(_parts(jobs, assignment), assignment, sandbox, workers):
        if step:
            part, result = step
            number = int(part.key)
            seconds[number] += result.seconds
            if result.status == "graded":  # what failed is tried once more, with the rest
                found[number].update({one.id: one for one in result.questions})
        yield None
    whole = [replace(job, key=str(number), kept=found[number]) for number, job in enumerate(jobs)]
    for step in process_pool.run(whole, assignment, sandbox, workers):
        if step is None:
            yield None
            continue
        number, result = int(step[0].key), step[1]
        result = replace(result, seconds=round(result.seconds + seconds[number], 3))
        yield jobs[number], result


def _parts(jobs: Sequence[Job], assignment: Assignment) -> Iterator[Job]:
    """Yield a job for each question that is not kept; the longest first: those of most points."""
    questions = sorted(assignment.questions, key=lambda one: -one.max_score)
    for number, job in enumerate(jobs):
        for one in questions:
            if one.id not in job.kept:
                yield replace(job, key=str(number), alone=one.id)
