"""Attacks that may be tried on any machine: harmless to it even where they succeed.

`autograder doctor --attack` tries them on an instructor's machine. The kit's own tests grade the
same sources, and many others that are not harmless, as submissions to the course.
"""
