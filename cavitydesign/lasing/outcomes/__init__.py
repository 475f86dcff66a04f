"""What is read off computed light: threshold, breaks, regime, spectrum and spreads."""
