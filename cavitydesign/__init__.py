"""cavitydesign: from the outline of a microcavity on a fibre to the fluence at which it lases, and in which modes.

    import cavitydesign as cd
    design = cd.load_design("design.toml")
    modes = cd.find_modes(design)
    lasing = cd.predict_lasing(modes, design)

Importing the package is cheap: each public name brings its own module when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .design_file import Design, load_design, parse_design
    from .steps import find_modes, predict_lasing

_HOMES = {
    "Design": "design_file",
    "find_modes": "steps",
    "load_design": "design_file",
    "parse_design": "design_file",
    "predict_lasing": "steps",
}

__all__ = ["Design", "__version__", "find_modes", "load_design", "parse_design", "predict_lasing"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
