"""Grading on a Dask cluster gives the same results, whatever happens to its workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict

import pytest

from autograder.results.files import question_from_dict
from autograder.results.model import Result
from autograder.runners import dask_cluster
from autograder.runners.submissions import GradingTask
from autograder.support.errors import CannotRunError
from autograder.support.versions import versions
from tests import made, processes
from tests.fuzz import kills
from tests.sampling import one_in

ROOT = kills.ROOT
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'source/vae'}"}


@pytest.fixture(scope="module")
def class_course(tmp_path_factory):
    return kills.write_class(tmp_path_factory.mktemp("cluster"))


@pytest.fixture(scope="module")
def expected(class_course, tmp_path_factory):
    folder = tmp_path_factory.mktemp("here")
    kills.finish(class_course, folder)
    return kills.timeless(folder)


@pytest.fixture
def workers():
    """The process id and the scheduler's address of a cluster of two worker processes."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.speed.local_cluster", "2"],
        cwd=ROOT, env=ENVIRONMENT, text=True,
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


def servers(pid: int) -> list[int]:
    """Return the grader servers among the descendants of `pid`, without their forked tasks."""
    found = []
    for one in processes.below(pid):
        command = processes.Path(f"/proc/{one}/cmdline").read_bytes()
        if b"autograder.runners.grader_server" in command:
            found.append(one)
    return found


def test_two_workers_give_the_same_results_as_this_machine(
    class_course, workers, tmp_path, expected
):
    pid, address = workers
    run = start(class_course, tmp_path, address)
    output, errors = run.communicate(timeout=300)
    assert run.returncode == 0, errors
    assert f"{kills.STUDENTS} submissions: {kills.STUDENTS} graded" in output
    assert kills.timeless(tmp_path) == expected
    assert processes.end_of(servers(pid)), "a grader server outlived the run"


def test_no_result_is_lost_when_a_worker_is_killed(class_course, workers, tmp_path, expected):
    pid, address = workers
    run = start(class_course, tmp_path, address)
    end = time.monotonic() + 120
    while len(list(tmp_path.glob("*.json"))) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    server = servers(pid)[0]
    stat = processes.Path(f"/proc/{server}/stat").read_text()
    worker = int(stat.rpartition(")")[2].split()[1])
    done = len(list(tmp_path.glob("*.json")))
    os.kill(worker, signal.SIGKILL)
    assert done < kills.STUDENTS, "the class was done before the worker was killed"
    assert processes.end_of([server], 15), "a grader server outlived its worker"
    _, errors = run.communicate(timeout=300)
    assert run.returncode == 0, errors
    assert kills.timeless(tmp_path) == expected


@pytest.mark.parametrize("address", one_in(2, ["nonsense://nowhere", "tcp://127.0.0.1:9"]))
def test_an_address_without_a_scheduler_is_a_usage_error(class_course, tmp_path, address):
    run = start(class_course, tmp_path, address)
    _, errors = run.communicate(timeout=120)
    assert run.returncode == 2
    assert "no scheduler answers there" in errors
    assert "Traceback" not in errors


def test_a_worker_with_other_versions_is_refused_and_named():
    dask_cluster._require_our_versions({"tcp://a": versions()})
    others = {**versions(), "torch": "1.0"}
    with pytest.raises(CannotRunError, match=r"tcp://b has other versions.*torch 1\.0,.*there"):
        dask_cluster._require_our_versions({"tcp://a": versions(), "tcp://b": others})


class Future:
    """A failed future, as Dask returns it."""

    def __init__(self, status: str, error: Exception | None = None) -> None:
        self.status, self._error = status, error

    def exception(self) -> Exception | None:
        return self._error


def test_a_submission_that_kills_every_worker_is_a_grader_error(assignment):
    killed = pytest.importorskip("distributed").KilledWorker("task", None, 3)
    task = GradingTask("ada", b"bytes")
    result = dask_cluster._result(Future("error", killed), task, assignment)
    assert (result.student, result.status) == ("ada", "grader_error")
    assert "every worker that had this submission was lost" in result.message


@pytest.mark.parametrize(
    ("future", "words"),
    [
        (
            Future("error", RuntimeError("no sandbox")),
            "cannot grade: no sandbox",
        ),
        (Future("cancelled"), "run the same command again"),
    ],
)
def test_a_cluster_that_cannot_grade_stops_the_run_with_a_reason(assignment, future, words):
    pytest.importorskip("distributed")
    with pytest.raises(CannotRunError, match=words):
        dask_cluster._result(future, GradingTask("ada", b""), assignment)


class Client:
    """A fake cluster of three threads that loses every task, and counts those it holds."""

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


def test_a_large_class_is_sent_to_the_cluster_bit_by_bit(assignment, monkeypatch):
    client = Client()
    monkeypatch.setattr(dask_cluster, "_connected", lambda _address: client)
    tasks = [GradingTask(f"s{number}", b"") for number in range(100)]
    found = [one.student for one in dask_cluster.run_on("tcp://x", tasks, assignment) if one]
    assert sorted(found) == sorted(task.student for task in tasks)
    assert client.most == 3 * dask_cluster._AHEAD


def test_losing_the_scheduler_is_not_reported_as_a_file_error(assignment, monkeypatch):
    client = Client()
    answers = iter([{"tcp://a": 1}])

    def nthreads():
        for found in answers:
            return found
        raise OSError("the connection has closed")

    monkeypatch.setattr(client, "nthreads", nthreads)
    monkeypatch.setattr(dask_cluster, "_connected", lambda _address: client)
    tasks = [GradingTask(f"s{number}", b"") for number in range(100)]
    with pytest.raises(CannotRunError, match="connection to the cluster was lost"):
        list(dask_cluster.run_on("tcp://x", tasks, assignment))


def test_kept_results_survive_the_way_to_the_cluster():
    texts = {"notes": ("a note",), "stand_ins": ("other",), "checks_sha256": "ab"}
    kept = made.question("q", 1.0, 1.0, [made.check("c")], **texts)
    assert question_from_dict(json.loads(json.dumps(asdict(kept)))) == kept
    assert Result("a", "t", "graded", 1.0, 1.0, (kept,)).question("q").stand_ins == ("other",)
