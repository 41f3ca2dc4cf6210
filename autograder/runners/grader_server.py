"""A grader for another program: it reads submissions from stdin and writes results to stdout.

A Dask worker has many threads, and a process with threads must not fork. So each worker thread
starts one of these servers, which has a single thread, and grades through it as `autograder grade`
does: one sandbox, and a forked process for each submission. The server ends with its worker.
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
from autograder.support.errors import OK, WRONG, CannotRunError

_LENGTHS = struct.Struct(">QQ")  # of the JSON header and of the data behind it


def send(stream: IO[bytes], header: Mapping[str, Any], data: bytes = b"") -> None:
    """Write one message: a JSON header and raw bytes, both preceded by their lengths."""
    head = json.dumps(header, ensure_ascii=False, allow_nan=False).encode()
    stream.write(_LENGTHS.pack(len(head), len(data)) + head + data)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Read one message.

    Raises:
        EOFError: If the other end has closed.
    """
    head, data = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    return json.loads(_exactly(stream, head)), _exactly(stream, data)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def main() -> int:
    """Start the sandbox and report whether that worked; then grade until stdin is closed."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder.runners.grader_server", description=__doc__
    )
    parser.add_argument("--rubric", type=Path, required=True)
    parser.add_argument("--unconfined", action="store_true")
    options = parser.parse_args()
    use_one_thread()
    # Whatever prints to stdout from here on goes to stderr, not between the results.
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        _serve(results, options.rubric, confine=not options.unconfined)
    except CannotRunError as error:
        send(results, {"open": False, "why": str(error)})
        return WRONG
    except (EOFError, BrokenPipeError):
        pass
    return OK


def _serve(results: IO[bytes], rubric: Path, *, confine: bool) -> None:
    """Grade until nobody asks any more."""
    from autograder.assignment.rubric import load
    from autograder.results.model import question_from_dict
    from autograder.runners.sandbox_startup import open_sandbox
    from autograder.runners.submissions import GradingTask

    assignment = load(rubric)
    with open_sandbox(assignment, confine=confine) as sandbox:
        from autograder.runners.process_pool import run  # torch; the sandbox starts without it

        send(results, {"open": True, "digest": assignment.digest})
        while True:
            header, notebook = receive(sys.stdin.buffer)
            kept = {name: question_from_dict(tree) for name, tree in header["kept"].items()}
            task = GradingTask(header["student"], notebook, kept=kept)
            for step in run([task], assignment, sandbox, 1):
                if step:
                    send(results, step[1].to_dict())
                elif _stdin_closed():
                    return


def _stdin_closed() -> bool:
    """Return whether the worker has gone; it sends nothing between a request and its result."""
    poll = select.poll()
    poll.register(0, 0)
    return bool(poll.poll(0))


if __name__ == "__main__":
    sys.exit(main())
