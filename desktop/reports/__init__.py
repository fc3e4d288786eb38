"""Plain rows in, bytes out. No database, no Qt."""
