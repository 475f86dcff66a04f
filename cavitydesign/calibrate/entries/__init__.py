"""Entries of a calibration file that others hold: numbers, and laser spectra of a cavity."""
