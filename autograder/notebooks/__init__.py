"""Read notebooks as students submit them, and fill answers into notebooks."""
