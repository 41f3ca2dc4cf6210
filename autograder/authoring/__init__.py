"""Tools for a course's authors: build the release, validate the checks."""
