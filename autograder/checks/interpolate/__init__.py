"""The hidden checks of the question `interpolate`."""
