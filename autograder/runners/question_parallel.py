"""Grade the questions of a submission in parallel, if there are more workers than submissions.

Each question is first graded as if the answers that it needs had earned full marks. If one of them
has not, other stand-ins are needed, and `grade` grades that question again. So the result is that
of grading one question after the other.
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
    from autograder.runners.submissions import GradingTask
    from autograder.sandbox import Sandbox


def run(
    tasks: Iterable[GradingTask], assignment: Assignment, sandbox: Sandbox, workers: int
) -> Iterator[tuple[GradingTask, Result] | None]:
    """Grade like `process_pool.run`; by question if there are fewer tasks than workers."""
    tasks = iter(tasks)
    first = list(islice(tasks, workers))
    if len(first) < workers:
        yield from _by_question(first, assignment, sandbox, workers)
    else:
        yield from process_pool.run(chain(first, tasks), assignment, sandbox, workers)


def _by_question(
    tasks: Sequence[GradingTask], assignment: Assignment, sandbox: Sandbox, workers: int
) -> Iterator[tuple[GradingTask, Result] | None]:
    seconds = [0.0 for _ in tasks]
    found: list[dict[str, QuestionResult]] = [dict(task.kept) for task in tasks]
    for step in process_pool.run(_parts(tasks, assignment), assignment, sandbox, workers):
        if step:
            part, result = step
            number = int(part.key)
            seconds[number] += result.seconds
            if result.status == "graded":  # otherwise it is tried once more below
                found[number].update({one.id: one for one in result.questions})
        yield None
    whole = [
        replace(task, key=str(number), kept=found[number]) for number, task in enumerate(tasks)
    ]
    for step in process_pool.run(whole, assignment, sandbox, workers):
        if step is None:
            yield None
            continue
        number, result = int(step[0].key), step[1]
        result = replace(result, seconds=round(result.seconds + seconds[number], 3))
        yield tasks[number], result


def _parts(tasks: Sequence[GradingTask], assignment: Assignment) -> Iterator[GradingTask]:
    """Yield a task for each question that is not kept, those with most points first.

    They take longest, as a rule; starting with them keeps all workers busy to the end.
    """
    questions = sorted(assignment.questions, key=lambda one: -one.max_score)
    for number, task in enumerate(tasks):
        for one in questions:
            if one.id not in task.kept:
                yield replace(task, key=str(number), question=one.id)
