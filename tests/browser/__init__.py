"""Students and instructors at work: JupyterLab, formgrader and pages in a real browser."""
