"""Run `autograder` as `python -m autograder`."""

from __future__ import annotations

import os
import sys

# `python -m` puts the working folder in front of the standard library: the grader would import a
# student's json.py. Python itself imports some modules before this line, so `autograder` is better.
# `os.path`, because pathlib must not be imported before the folder is removed from the path.
_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()] != [_HOME]:  # noqa: PTH109
    del sys.path[0]

from autograder.cli.main import entry  # noqa: E402 - only now

if __name__ == "__main__":
    entry()
