"""What check files import, in a student's notebook and in the grader alike.

`expect` states expectations and words failures, `runner` runs check files, `notebook` shows their
results. The package knows no course and imports nothing of the grader; every release contains a
copy of it.
"""

from pathlib import Path

__all__ = ["HOME"]

HOME = Path(__file__).resolve().parent  # what a release copies
