"""The design file: one TOML file that describes a cavity, its modes, its gain medium, its pump and how it lases.

Nothing else in the package reads a design's TOML. Reading checks everything at once: an `InputError` has one line for
each problem, with file, key, value, what is allowed and the nearest right key.
"""

from .design import Design, load_design, parse_design

__all__ = ["Design", "load_design", "parse_design"]
