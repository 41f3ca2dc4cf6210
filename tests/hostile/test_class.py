"""Honest students graded at the same time as the worst attacks get the same results as without."""

from __future__ import annotations

import shutil
import time

import pytest

from tests import processes
from tests.courses import tiny
from tests.fuzz import kills
from tests.hostile import worst
from tests.hostile.attack import GOT_OUT

HONEST = 4


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = tiny.write_course(tmp_path_factory.mktemp("beside"))
    worst.hand_in(made)
    # These names sort between those of the attacks, so the submissions are graded among them.
    for number in range(HONEST):
        shutil.copytree(made / "submitted/honest", made / f"submitted/{'cfkp'[number]}-honest")
    made.chmod(0o777)
    return made


def grade(course, results, *paths):
    """Grade and return the results; assert that all processes of the run have ended."""
    run, seen = kills.start(course, results, paths), set()
    while run.poll() is None:
        seen |= processes.below(run.pid)
        time.sleep(0.05)
    assert run.returncode == 0, run.stderr.read()
    assert processes.end_of(seen)
    run.communicate()
    return kills.timeless(results)


def test_attacks_in_a_parallel_job_change_no_honest_result(course, tmp_path):
    honest = [path for path in (course / "submitted").iterdir() if path.name.endswith("honest")]
    alone = grade(course, tmp_path / "alone", *honest)
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    together = grade(course, tmp_path / "together", "submitted")
    assert len(alone) == HONEST + 1
    assert {name: together[name] for name in alone} == alone
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before
    assert together.keys() - alone.keys() == {f"{name}.json" for name in worst.WORST}
    for name in worst.WORST:
        result = together[f"{name}.json"]
        assert result["status"] == "graded", result
        assert result["score"] in {0, 4}  # 4: the question without the attack
        assert GOT_OUT not in str(result)
