"""The evidence store: write-once files, each with a SHA-256."""
