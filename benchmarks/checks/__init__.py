"""What each check catches: `python -m benchmarks.checks.page matrix.json names.json`."""
