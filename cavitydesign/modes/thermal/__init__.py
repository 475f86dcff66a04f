"""Modes at another temperature than that of their cavity's numbers."""
