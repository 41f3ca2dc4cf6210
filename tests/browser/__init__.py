"""A student at work: the release in a real JupyterLab, driven in a real browser."""
