"""A grader for another program: submissions come in on stdin, results go out on stdout.

A cluster's worker is full of threads, and beside threads no process may fork. So each worker keeps
one of these, which has none, and grades with it as `autograder grade` does: the same room, a forked
process for each submission. It ends when its worker does.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from autograder.support.cpu import use_one_thread

use_one_thread()
from autograder.assignment.model import load
from autograder.results.model import question_from_dict
from autograder.support.errors import OK, WRONG, CannotRunError

_HEAD = struct.Struct(">QQ")  # lengths of what is said and of the notebook


def send(stream: IO[bytes], told: Mapping[str, Any], data: bytes = b"") -> None:
    """Write one message."""
    head = json.dumps(told, ensure_ascii=False, allow_nan=False).encode()
    stream.write(_HEAD.pack(len(head), len(data)) + head + data)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Read one message.

    Raises:
        EOFError: If the other side has gone.
    """
    told, data = _HEAD.unpack(_whole(stream, _HEAD.size))
    return json.loads(_whole(stream, told)), _whole(stream, data)


def _whole(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def main() -> int:
    """Say that the room is open, or why not; then grade until nobody asks any more."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder.runners.grader_server", description=__doc__
    )
    parser.add_argument("--rubric", type=Path, required=True)
    parser.add_argument("--unconfined", action="store_true")
    options = parser.parse_args()
    # What anything prints must not get in between the results.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    assignment = load(options.rubric)
    from autograder.runners.sandbox_startup import open_sandbox

    try:
        with open_sandbox(assignment, confine=not options.unconfined) as sandbox:
            from autograder.runners.process_pool import (  # torch, which the room had to be started before
                Job,
                run,
            )

            send(answers, {"open": True, "digest": assignment.digest})
            while True:
                told, notebook = receive(sys.stdin.buffer)
                kept = {name: question_from_dict(tree) for name, tree in told["kept"].items()}
                for step in run(
                    [Job(told["student"], notebook, kept=kept)], assignment, sandbox, 1
                ):
                    if step:
                        send(answers, step[1].to_dict())
                    elif _nobody_asks():
                        return OK
    except CannotRunError as error:
        send(answers, {"open": False, "why": str(error)})
        return WRONG
    except (EOFError, BrokenPipeError):
        return OK


def _nobody_asks() -> bool:
    """Say whether the worker has gone; between a question and its answer it sends nothing."""
    poll = select.poll()
    poll.register(0, 0)
    return bool(poll.poll(0))


if __name__ == "__main__":
    sys.exit(main())
