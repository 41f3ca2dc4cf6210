"""Other systems: nbgrader, Gradescope, Canvas and Moodle."""
