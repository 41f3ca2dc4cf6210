"""Entry point of the command `autograder`.

Exit status: 0 success, 1 something is wrong with what was examined, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from autograder.cli.arguments import parser
from autograder.support.cpu import use_one_thread
from autograder.support.errors import INTERRUPTED, USAGE, WRONG, CannotRunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = parser().parse_args(arguments)
    use_one_thread()  # commands import torch
    try:
        status: int = options.run(options)
    except UsageError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return USAGE
    except CannotRunError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("autograder: interrupted", file=sys.stderr)
        return INTERRUPTED
    return status


def entry() -> NoReturn:
    """Run the command of this process, then end the process."""
    status = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BrokenPipeError):  # `autograder grade ... | head`
            stream.flush()
    # All files are written. Skip Python's shutdown: tearing torch down takes half a second.
    os._exit(status)
