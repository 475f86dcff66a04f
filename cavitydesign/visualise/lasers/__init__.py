"""Pictures of lasing: light curves, populations, calibrations."""
