"""Observes what a Python program reads."""
