"""Diameter, index and mode labels from measured spectra."""
