"""Laser spectra as data: the light of single lines beside that of all modes."""
