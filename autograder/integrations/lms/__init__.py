"""CSV files with grades for Canvas, Moodle and users of nbgrader."""
