"""The design file: one TOML file that describes a cavity, its modes, its gain medium, its pump and how it lases.

Nothing else in the package reads a design's TOML. Reading checks everything at once: an `InputError` has one line for
each problem, with file, key, value, what is allowed and the nearest right key.
"""

from .design import Design, load_design, parse_design
from .toml_file import read_toml
from .validate import key_problem

__all__ = ["Design", "key_problem", "load_design", "parse_design", "read_toml"]
