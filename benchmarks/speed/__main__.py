"""Run the speed benchmark: `python -m benchmarks.speed`; `--help` lists its parts and options."""

from __future__ import annotations

import sys

from autograder.support.cpu import use_one_thread

if __name__ == "__main__":
    use_one_thread()  # before torch, which the parts import
    from benchmarks.speed.parts import main

    sys.exit(main())
