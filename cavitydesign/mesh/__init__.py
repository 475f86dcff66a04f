"""Meshes of the meridian plane: the window along a rim, and sections that a file describes."""
