"""The solved examples that the pictures of the gallery share; each is solved once."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from cavitydesign.design import load_design
from cavitydesign.workflow.steps import find_modes, predict_lasing

QUICKSTART = Path(__file__).parent.parent / "studies" / "quickstart" / "design.toml"
SECTIONS = QUICKSTART.parent.parent / "sections"
GOAL = """
design = "design.toml"
store = "results"
[variables]
"cavity.diameter_um" = { from = 10.0, to = 20.0 }
[goal]
target = 4.2
of = "fsr_nm"
[spread]
"cavity.diameter_um" = { sd = 0.2 }
"cavity.fibre_diameter_um" = { sd = 0.3 }
"cavity.axial_radius_um" = { sd = 5.0 }
"""
DIAMETERS = (15.0, 33.0, 88.0, 125.0)


@functools.cache
def design(diameter_um: float = 15.0, **keys: Any) -> Any:
    """The quickstart at a diameter, with keys of its [modes] table replaced; the outline keeps its
    shape.
    """
    overrides = {"cavity.diameter_um": diameter_um, "cavity.axial_radius_um": 4.0 * diameter_um}
    return load_design(
        QUICKSTART, overrides | {f"modes.{key}": value for key, value in keys.items()}
    )


@functools.cache
def modes(diameter_um: float = 15.0, **keys: Any) -> Any:
    """The modes of that design."""
    return find_modes(design(diameter_um, **keys))


@functools.cache
def prediction(diameter_um: float = 15.0, **keys: Any) -> Any:
    """Its lasing."""
    return predict_lasing(modes(diameter_um, **keys), design(diameter_um, **keys))


def family(diameter_um: float, p: int, q: int, **keys: Any) -> Any:
    """The mode of a family that lies nearest to the middle of the range."""
    found = modes(diameter_um, **keys)
    middle = sum(found.wavelength_range_nm) / 2
    chosen = [mode for mode in found if (mode.p, mode.q) == (p, q)]
    return min(chosen, key=lambda mode: abs(mode.wavelength_nm - middle))
