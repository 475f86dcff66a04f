"""Modes of general sections, which a mesh describes."""
