"""Readers of the files that a design names, and of TOML."""
