"""The posterior of a calibration: priors, likelihood, emulator, draws and their weights."""
