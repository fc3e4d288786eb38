"""A file in, plain rows and problems out. No database, no Qt."""
