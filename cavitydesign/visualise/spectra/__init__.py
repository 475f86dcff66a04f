"""Pictures over wavelength: combs, measured spectra, dispersion and losses."""
