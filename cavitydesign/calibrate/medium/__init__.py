"""Measurements of the medium itself, compared point by point beside those of cavities."""
