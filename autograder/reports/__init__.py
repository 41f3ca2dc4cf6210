"""Pages, tables and logs from results."""
