"""What runs inside the sandbox: the zygote, its workers, and the cells that they run."""
