"""Modes of smooth outlines, in a window at the rim."""
