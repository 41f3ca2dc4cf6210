"""Grading on a cluster: the same results, whatever happens to its workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from autograder.results.model import CheckResult, QuestionResult, Result
from autograder.runners import dask_cluster
from autograder.support.errors import CannotRunError
from autograder.support.versions import versions
from tests import processes
from tests.fuzz import kills

HERE = kills.ROOT
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{HERE}:{HERE / 'source/vae'}"}


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    return kills.write_class(tmp_path_factory.mktemp("cluster"))


@pytest.fixture(scope="module")
def expected(taught, tmp_path_factory):
    folder = tmp_path_factory.mktemp("here")
    kills.finish(taught, folder)
    return kills.timeless(folder)


@pytest.fixture
def workers():
    """A cluster of two processes: its own process, and its scheduler's address."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.speed.local_cluster", "2"],
        cwd=HERE, env=ENVIRONMENT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            yield process.pid, json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(60)


def start(course, results, address: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "autograder", "grade", "submitted", "--results", str(results)]
    return subprocess.Popen(
        [*command, "--dask", address], cwd=course, env=ENVIRONMENT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def graders(pid: int) -> list[int]:
    """Return the processes below `pid` that grade for a worker, and are no job of one."""
    found = []
    for one in processes.below(pid):
        said = (processes.Path(f"/proc/{one}/cmdline")).read_bytes()
        if b"autograder.runners.grader_server" in said:
            found.append(one)
    return found


def test_two_workers_give_the_same_results_as_this_machine(taught, workers, tmp_path, expected):
    pid, address = workers
    run = start(taught, tmp_path, address)
    said, complaint = run.communicate(timeout=300)
    assert run.returncode == 0, complaint
    assert f"{kills.STUDENTS} submissions: {kills.STUDENTS} graded" in said
    assert kills.timeless(tmp_path) == expected
    assert processes.end_of(graders(pid)), "a grader stayed when the work was done"


def test_a_worker_that_is_killed_in_the_middle_loses_nothing(taught, workers, tmp_path, expected):
    pid, address = workers
    run = start(taught, tmp_path, address)
    end = time.monotonic() + 120
    while len(list(tmp_path.glob("*.json"))) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    grader = graders(pid)[0]
    stat = processes.Path(f"/proc/{grader}/stat").read_text()
    worker = int(stat.rpartition(")")[2].split()[1])
    done = len(list(tmp_path.glob("*.json")))
    os.kill(worker, signal.SIGKILL)
    assert done < kills.STUDENTS, "too late to prove anything"
    assert processes.end_of([grader], 15), "a grader outlived its worker"
    _, complaint = run.communicate(timeout=300)
    assert run.returncode == 0, complaint
    assert kills.timeless(tmp_path) == expected


@pytest.mark.parametrize("address", ["nonsense://nowhere", "tcp://127.0.0.1:9"])
def test_an_address_where_nobody_answers_is_wrong_usage(taught, tmp_path, address):
    run = start(taught, tmp_path, address)
    _, complaint = run.communicate(timeout=120)
    assert run.returncode == 2
    assert "no scheduler answers there" in complaint
    assert "Traceback" not in complaint


def test_workers_with_other_versions_are_refused_by_name():
    dask_cluster._must_have_our_versions({"tcp://a": versions()})
    others = {**versions(), "torch": "1.0"}
    with pytest.raises(CannotRunError, match=r"tcp://b has other versions.*torch 1\.0,.*there"):
        dask_cluster._must_have_our_versions({"tcp://a": versions(), "tcp://b": others})


class Future:
    """What Dask gives for a submission that went wrong."""

    def __init__(self, status: str, error: Exception | None = None) -> None:
        self.status, self._error = status, error

    def exception(self) -> Exception | None:
        return self._error


def test_a_submission_that_every_worker_was_lost_with_is_a_grader_error(assignment):
    killed = pytest.importorskip("distributed").KilledWorker("task", None, 3)
    parcel = dask_cluster.Parcel("ada", b"bytes")
    result = dask_cluster._result(Future("error", killed), parcel, assignment)
    assert (result.student, result.status) == ("ada", "grader_error")
    assert "every worker that had this submission was lost" in result.message


@pytest.mark.parametrize(
    ("future", "words"),
    [
        (Future("error", RuntimeError("the room did not open")), "the room did not open"),
        (Future("cancelled"), "run the same command again"),
    ],
)
def test_a_cluster_that_cannot_grade_stops_the_run_and_says_why(assignment, future, words):
    pytest.importorskip("distributed")
    with pytest.raises(CannotRunError, match=words):
        dask_cluster._result(future, dask_cluster.Parcel("ada", b""), assignment)


class Client:
    """A cluster of three threads that loses all that it is given, and notes how much it has."""

    def __init__(self) -> None:
        self.held, self.most = 0, 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def run(self, _function):
        return {}

    def cancel(self, _futures):
        pass

    def nthreads(self):
        return {"tcp://a": 2, "tcp://b": 1}

    def submit(self, function, *_, pure):
        assert not pure
        if function is dask_cluster.grade_here:
            self.held += 1
            self.most = max(self.most, self.held)
        client, killed = self, pytest.importorskip("distributed").KilledWorker("task", None, 3)

        class Lost(Future):
            def done(self) -> bool:
                return True

            def exception(self):
                client.held -= 1
                return super().exception()

        return Lost("error", killed)


def test_a_large_class_does_not_lie_on_the_cluster_all_at_once(assignment, monkeypatch):
    client = Client()
    monkeypatch.setattr(dask_cluster, "_connected", lambda _address: client)
    parcels = [dask_cluster.Parcel(f"s{number}", b"") for number in range(100)]
    found = [one.student for one in dask_cluster.run_on("tcp://x", parcels, assignment) if one]
    assert sorted(found) == sorted(parcel.student for parcel in parcels)
    assert client.most == 3 * dask_cluster._AHEAD


def test_a_scheduler_that_goes_between_two_results_is_no_trouble_with_files(
    assignment, monkeypatch
):
    client = Client()
    asked = iter([{"tcp://a": 1}])

    def nthreads():
        for found in asked:
            return found
        raise OSError("the connection has closed")

    monkeypatch.setattr(client, "nthreads", nthreads)
    monkeypatch.setattr(dask_cluster, "_connected", lambda _address: client)
    parcels = [dask_cluster.Parcel(f"s{number}", b"") for number in range(100)]
    with pytest.raises(CannotRunError, match="the cluster has gone"):
        list(dask_cluster.run_on("tcp://x", parcels, assignment))


def test_what_is_kept_of_an_earlier_run_travels_along():
    check = CheckResult("c", "A claim.", "passed", 1.0, 1.0)
    kept = QuestionResult("q", 1.0, 1.0, (check,), ("a note",), ("other",), "ab")
    from dataclasses import asdict

    from autograder.results.model import question_from_dict

    assert question_from_dict(json.loads(json.dumps(asdict(kept)))) == kept
    assert Result("a", "t", "graded", 1.0, 1.0, (kept,)).question("q").stand_ins == ("other",)
