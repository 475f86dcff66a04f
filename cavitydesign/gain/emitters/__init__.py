"""Emitters as gain media: dots, dyes, ions, carriers and tabulated spectra."""
