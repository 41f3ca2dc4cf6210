"""Calls between the grader and a worker: frames, values, proxies, gradients."""
