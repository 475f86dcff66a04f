"""The design file: one TOML file that describes a cavity, its modes, its gain medium, its pump and
how it lases.

Nothing else in the package reads a design's TOML. Reading checks everything at once: an
`InputError` has one line for each problem, with file, key, value, what is allowed and the nearest
right key.

Each name brings its own module when first used: reading TOML alone costs no physics.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .files.toml_file import read_toml
    from .spec import Design, load_design, parse_design
    from .validate import key_problem
    from .value_check import value_problem

_HOMES = {
    "Design": "spec",
    "key_problem": "validate",
    "load_design": "spec",
    "parse_design": "spec",
    "read_toml": "files.toml_file",
    "value_problem": "value_check",
}

__all__ = ["Design", "key_problem", "load_design", "parse_design", "read_toml", "value_problem"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
