"""Dialogs: frozen data in, frozen command out."""
