"""How fast grading is: `python -m benchmarks.speed`."""
