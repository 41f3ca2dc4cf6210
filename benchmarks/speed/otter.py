"""Run otter-grader's `otter run` on a class, if `--otter PATH` says where it is installed.

It gets the same notebooks of answers only, and the same checks as hidden tests, one test per
question. A test of otter is right or wrong, without partial points; that saves it no time.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.assignment.model import Assignment
from benchmarks.speed import classes, process_cost
from benchmarks.speed.graders import environment

TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = "{question}"
points = {most:g}


@test_case(points={most:g})
def test_all({answer}):
    from benchmarks.speed import in_process

    assert in_process.points("{question}", {answer}) == {most:g}
"""
# One after the other, like an instructor's loop over a folder.
LOOP = """\
for folder in submitted/*; do
    done="done/$(basename "$folder")"
    "{program}" run --no-logo -a autograder.zip -o "$done" "$folder"/*/*.ipynb
done
"""


def grade(
    assignment: Assignment, kind: Iterator[bytes], count: int, program: Path
) -> dict[str, float]:
    """Return the cost of `otter run` on a class, without making its archive."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tests").mkdir()
        for one in assignment.questions:
            filled = TEST.format(question=one.id, answer=one.answer, most=one.max_score)
            (folder / "tests" / f"{one.id}.py").write_text(filled)
        none = {f"check-{one.id}": "pass" for one in assignment.questions}
        made = (classes.only_answers(content, none) for content in kind)
        classes.write(folder / "submitted", assignment, made, count)
        for student in (folder / "submitted").iterdir():
            (folder / "done" / student.name).mkdir(parents=True)
        more = environment()
        generate = [str(program), "generate", "-t", "tests", "-o", "autograder.zip"]
        process_cost.run(generate, folder, more)
        cost = process_cost.run(["sh", "-c", LOOP.format(program=program)], folder, more)
        results = [json.loads(one.read_text()) for one in folder.glob("done/*/results.json")]
        scores = [sum(test.get("score", 0) for test in one["tests"]) for one in results]
        mean = statistics.mean(scores) if scores else 0.0
        return {**cost.rounded(count), "mean_score": round(mean, 2), "graded": len(results)}
