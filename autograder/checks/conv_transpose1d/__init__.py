"""Hidden checks of the question `conv_transpose1d`."""
