"""Makes this folder a course for nbgrader: run its commands, and formgrader, from here."""

from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader defines it

try:
    from autograder.integrations.nbgrader.plugin import configure

    configure(c, Path(__file__).resolve().parent)
except Exception as error:
    # nbgrader goes on without a configuration that fails, and would run students' code in the open.
    raise SystemExit(f"nbgrader_config.py: {error}") from error

# The name that nbgrader's exchange and `export` know the course by.
c.CourseDirectory.course_id = "vae"
