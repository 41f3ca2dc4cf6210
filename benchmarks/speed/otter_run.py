"""otter-grader's `otter run` on a class, where it is installed: `--otter PATH` of benchmarks.speed.__main__.

It goes through the same notebooks of answers only, with the same checks as its hidden tests, one
test a question. Its tests know right and wrong; that they give no part of the points saves nothing.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.assignment.model import Assignment
from benchmarks.speed import classes, measured
from benchmarks.speed.peers import environment

TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = "{question}"
points = {most:g}


@test_case(points={most:g})
def test_all({answer}):
    import benchmarks.speed.stock

    assert benchmarks.speed.stock.points("{question}", {answer}) == {most:g}
"""
# one after the other, as a teacher's loop over a folder would
LOOP = """\
for folder in submitted/*; do
    done="done/$(basename "$folder")"
    "{otter}" run --no-logo -a autograder.zip -o "$done" "$folder"/*/*.ipynb
done
"""


def grade(
    assignment: Assignment, kind: Iterator[bytes], count: int, otter: Path
) -> dict[str, float]:
    """Return what `otter run` costs on a class; making its archive is not counted."""
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
        measured.run([str(otter), "generate", "-t", "tests", "-o", "autograder.zip"], folder, more)
        cost = measured.run(["sh", "-c", LOOP.format(otter=otter)], folder, more)
        told = [json.loads(one.read_text()) for one in folder.glob("done/*/results.json")]
        scores = [sum(test.get("score", 0) for test in one["tests"]) for one in told]
        mean = statistics.mean(scores) if scores else 0.0
        return {**cost.rounded(count), "mean_score": round(mean, 2), "graded": len(told)}
