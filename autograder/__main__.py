"""Run `autograder` as `python -m autograder`."""

from __future__ import annotations

from autograder.cli.main import entry

if __name__ == "__main__":
    entry()
