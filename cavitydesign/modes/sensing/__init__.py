"""Modes as sensors: what a liquid or an adsorbed layer does to them, and how little is seen."""
