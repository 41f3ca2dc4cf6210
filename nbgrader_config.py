"""Makes this folder a course for nbgrader: run its commands, and formgrader, from here."""

from pathlib import Path

from autograder.nbgrader_plugin import configure

c = get_config()  # noqa: F821 - nbgrader defines it

configure(c, Path(__file__).resolve().parent)

# The name that nbgrader's exchange and `export` know the course by.
c.CourseDirectory.course_id = "vae"
