"""Results as plain data: points, artifacts, and which results can be reused."""
