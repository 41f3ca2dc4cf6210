"""JupyterLab, formgrader and the pages in a real browser."""
