"""The layers that confine the zygote and its workers."""
