"""Canvas and Moodle: what they give out, and what they take back. Also CSV files for nbgrader."""
