"""Measurements of the running service beside named peers."""
