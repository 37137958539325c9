"""Rasa components of this project's own; see README.md."""
