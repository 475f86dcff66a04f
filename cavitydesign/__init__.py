"""cavitydesign: from the outline of a microcavity on a fibre to the fluence at which it lases, and
in which modes.

    import cavitydesign as cd
    design = cd.load_design("design.toml")
    modes = cd.find_modes(design)
    lasing = cd.predict_lasing(modes, design)

Importing the package is cheap: each public name brings its own module when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .renamed import install

__version__ = "0.2.0"

if TYPE_CHECKING:
    from .design import Design, load_design, parse_design
    from .workflow import find_modes, predict_lasing

install()

_HOMES = {
    "Design": "design",
    "find_modes": "workflow",
    "load_design": "design",
    "parse_design": "design",
    "predict_lasing": "workflow",
}

__all__ = ["Design", "__version__", "find_modes", "load_design", "parse_design", "predict_lasing"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
