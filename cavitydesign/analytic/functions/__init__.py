"""Bessel functions of real and complex arguments, and their series."""
