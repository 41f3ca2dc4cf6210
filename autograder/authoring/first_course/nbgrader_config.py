"""nbgrader's configuration: run its commands and formgrader from this folder."""

import sys
from pathlib import Path

c = get_config()

# nbgrader lets modules in the working folder take precedence over all others. In a student's folder
# they would be the student's.
if Path.cwd() != Path(__file__).resolve().parent:
    sys.path[:] = [folder for folder in sys.path if folder != str(Path.cwd())]

try:
    from autograder.integrations.nbgrader import configure

    configure(c, Path(__file__).resolve().parent)
except Exception as error:
    # nbgrader ignores a configuration that raises, and would then run student code unconfined.
    raise SystemExit(f"nbgrader_config.py: {error}") from error

c.CourseDirectory.course_id = "COURSE"
