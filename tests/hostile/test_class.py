"""Honest students graded side by side with the worst attacks have what they have without them."""

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
    for number in range(HONEST):  # among the others in the order of names, and so in time
        shutil.copytree(made / "submitted/honest", made / f"submitted/{'cfkp'[number]}-honest")
    made.chmod(0o777)
    return made


def grade(course, results, *paths):
    """Grade and return the results; no process that was seen meanwhile may be left."""
    run, seen = kills.start(course, results, paths), set()
    while run.poll() is None:
        seen |= processes.below(run.pid)
        time.sleep(0.05)
    assert run.returncode == 0, run.stderr.read()
    assert processes.end_of(seen)
    run.communicate()
    return kills.timeless(results)


def test_two_jobs_at_once_disturb_each_other_in_nothing(course, tmp_path):
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
        assert result["score"] in {0, 4}  # the question that the attack is not in
        assert GOT_OUT not in str(result)
