"""Grade notebooks of a PyTorch assignment without trusting them."""

__version__ = "0.1.0"  # results know it: a change that can change a grade is never a patch
