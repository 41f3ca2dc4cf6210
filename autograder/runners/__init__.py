"""Grade many submissions: on this machine, on a cluster, or elsewhere."""
