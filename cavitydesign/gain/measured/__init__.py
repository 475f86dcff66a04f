"""Constants of a gain medium from measured curves: Z-scan, stripe, decay and spectra."""
