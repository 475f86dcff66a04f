"""Exact resonances that ship with the package: references of `cavitydesign check`, independent of
every solver here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

ExactIndex = complex | str


@dataclass(frozen=True)
class ExactCase:
    """One mode of a layered sphere or cylinder, known to arbitrary precision.

    Attributes
    ----------
    name : str
        What it is, in words.
    geometry : {"sphere", "cylinder"}
        A cylinder is a slice with kz = 0; a sphere's mode has l = m, q = 0.
    radii_um : tuple of float
        Interfaces from the inside out.
    indices : tuple of complex or str
        Of the layers from the inside out, the surround last: n + i kappa, or a name of the material
        library.
    polarisation : {"TM", "TE"}
        TM: E along the axis.
    m, p : int
    wavelength_nm : float
        Vacuum wavelength of the real part of the wave number.
    log10_q : float
        Of radiation and absorption together.
    shares : tuple of float
        Of int eps|E|^2 by layer from the inside out, the surround counted up to its caustic.
    fsr_nm, mode_volume_um3 : float or None
        Where the reference has them.
    """

    name: str
    geometry: str
    radii_um: tuple[float, ...]
    indices: tuple[ExactIndex, ...]
    polarisation: str
    m: int
    p: int
    wavelength_nm: float
    log10_q: float
    shares: tuple[float, ...]
    fsr_nm: float | None
    mode_volume_um3: float | None


@cache
def exact_cases() -> tuple[ExactCase, ...]:
    """All cases, by geometry and rising diameter."""
    text = (resources.files(__package__) / "data" / "exact_cases.json").read_text(encoding="utf-8")
    cases = []
    for entry in json.loads(text)["cases"]:
        indices = tuple(
            index if isinstance(index, str) else complex(*index) for index in entry["indices"]
        )
        lists = {key: tuple(entry[key]) for key in ("radii_um", "shares")}
        cases.append(ExactCase(**{**entry, **lists, "indices": indices}))
    return tuple(cases)
