"""Table models: what a view shows, row by row."""
