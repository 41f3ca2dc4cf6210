"""Error rates of the checks that train or draw: `python -m benchmarks.calibration.threshold`."""
