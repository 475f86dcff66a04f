"""Cavities that are not quite round: what a small deviation does to the solved modes."""
