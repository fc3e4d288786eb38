"""Widgets that know nothing of the subject."""
