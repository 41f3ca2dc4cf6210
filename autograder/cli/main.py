"""Entry point of the command `autograder`.

Exit status: 0 success, 1 something is wrong with what was examined, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from autograder.cli.arguments import parser
from autograder.support.cpu import use_one_thread
from autograder.support.errors import INTERRUPTED, USAGE, WRONG, CannotRunError, UsageError
from autograder.support.files import printable_name

if TYPE_CHECKING:
    from collections.abc import Sequence


# What printing raises if standard output is a file on a full disk, or is not open.
_STREAM_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = parser().parse_args(arguments)
    use_one_thread()  # commands import torch
    try:
        status: int = options.run(options)
    except UsageError as error:
        _complain(error)
        return USAGE
    except CannotRunError as error:
        _complain(error)
        return WRONG
    except KeyboardInterrupt:
        print("autograder: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # `autograder grade … | head`: the reader has ended. All files have been written.
        return WRONG
    except OSError as error:
        if error.filename is not None or error.errno not in _STREAM_ERRORS:
            raise
        print(f"autograder: cannot write the output: {error.strerror}", file=sys.stderr)
        return WRONG
    return status


def _open_standard_streams() -> None:
    """Open the standard streams that are closed (`autograder grade … >&-`) on the null device.

    Otherwise a socket or a file would get their numbers, and what is printed would go into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number: this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", closefd=False))


def _complain(error: Exception) -> None:
    """Print an error without control characters: it may contain the names of students' files."""
    lines = str(error).split("\n")
    shown = "\n".join(printable_name(line, limit=10_000) for line in lines)
    print(f"autograder: {shown}", file=sys.stderr)


def entry() -> NoReturn:
    """Run the command of this process, then end the process."""
    _open_standard_streams()
    status = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # a closed pipe, a full disk
            status = status or WRONG
    # All files are written. Skip Python's shutdown: tearing torch down takes half a second.
    os._exit(status)
