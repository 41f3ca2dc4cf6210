"""nbgrader's configuration: run its commands and formgrader from this folder."""

from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader defines it

try:
    from autograder.integrations.nbgrader import configure

    configure(c, Path(__file__).resolve().parent)
except Exception as error:
    # nbgrader ignores a configuration that raises, and would then run student code unconfined.
    raise SystemExit(f"nbgrader_config.py: {error}") from error

# The course's name in nbgrader's exchange and gradebook.
c.CourseDirectory.course_id = "vae"
