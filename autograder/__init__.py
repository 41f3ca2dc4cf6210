"""Grade notebooks of a PyTorch assignment without trusting them."""
