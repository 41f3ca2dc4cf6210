"""Grade one submission: bytes in, a result out."""
