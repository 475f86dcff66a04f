"""Measured spectra: reading, noise, peaks and power series."""
