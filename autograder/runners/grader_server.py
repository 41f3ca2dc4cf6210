"""A grader for another program, which sends submissions over a socket and receives results.

A Dask worker has many threads, and a process with threads must not fork. So each worker thread
starts one of these servers, which has a single thread, and grades through it as `autograder grade`
does: one sandbox, and a forked process for each submission. The server ends with its worker.

Its standard input is one end of a `multiprocessing.Pipe`. Each message is JSON in UTF-8, preceded
by its length; a request is followed by the notebook as a second message.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from autograder.support.cpu import use_one_thread
from autograder.support.errors import OK, WRONG, CannotRunError


def main() -> int:
    """Start the sandbox and report whether that worked; then grade until the worker closes."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder.runners.grader_server", description=__doc__
    )
    parser.add_argument("--rubric", type=Path, required=True)
    parser.add_argument("--unconfined", action="store_true")
    options = parser.parse_args()
    use_one_thread()
    worker = Connection(os.dup(0))  # a duplicate is not inherited by programs started from here
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # and student code must not inherit the original
    try:
        _serve(worker, options.rubric, confine=not options.unconfined)
    except CannotRunError as error:
        send_json(worker, {"open": False, "why": str(error)})
        return WRONG
    except (EOFError, OSError):  # the worker has gone
        pass
    return OK


def send_json(connection: Connection, tree: object) -> None:
    """Send one message of JSON."""
    connection.send_bytes(json.dumps(tree, ensure_ascii=False, allow_nan=False).encode())


def _serve(worker: Connection, rubric: Path, *, confine: bool) -> None:
    from autograder.assignment.rubric import load
    from autograder.results.files import question_from_dict
    from autograder.runners.sandbox_startup import open_sandbox
    from autograder.runners.submissions import GradingTask

    assignment = load(rubric)
    with open_sandbox(assignment, confine=confine) as sandbox:
        from autograder.runners.process_pool import run  # torch; the sandbox starts without it

        send_json(worker, {"open": True, "digest": assignment.digest})
        while True:
            request = json.loads(worker.recv_bytes())
            files = {name: worker.recv_bytes() for name in request["notebooks"]}
            notebook = files.get("", files)  # without a name, it is the only one
            kept = {name: question_from_dict(tree) for name, tree in request["kept"].items()}
            task = GradingTask(request["student"], notebook, kept=kept)
            for step in run([task], assignment, sandbox, 1):
                if step:
                    send_json(worker, step[1].to_dict())
                elif worker.poll():  # the worker has gone: it sends nothing before the result
                    return


if __name__ == "__main__":
    sys.exit(main())
