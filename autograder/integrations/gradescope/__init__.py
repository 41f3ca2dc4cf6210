"""Gradescope: an archive that grades there, and the program that it runs."""
