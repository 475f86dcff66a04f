"""Outcomes of a design to first order in its numbers, from the solver's own derivatives.

The solver gives the derivatives of one mode, at a fixed azimuthal order m. Outcomes are read at a fixed wavelength
instead, where another m takes over as the comb moves: with y(m, x) smooth in both,

    dy/dx at fixed wavelength = dy/dx at fixed m + (dy/dm) (dm/dx),    dm/dx = (d lambda/dx) / FSR

as the order at the wavelength rises by one when the comb has moved up by one spacing. dy/dm comes from the neighbours in the comb.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import SolverError

if TYPE_CHECKING:
    from ..modes import Mode, ModeDerivative

Array = NDArray[np.float64]
Designs = Sequence[tuple[str, Mapping[str, Any], Mapping[str, Any], float]]
"""For each number: its key, the designs with it a little lower and higher, and the difference between the two."""

Linearise = Callable[[Mapping[str, Any], Designs, float], "LinearOutcomes"]

_SPACINGS = 3.4
_LOSSES = ("radiation", "absorption", "scattering", "total")


@dataclass(frozen=True, eq=False)
class LinearOutcomes:
    """Values at the nominal design and slopes by each number, at a fixed wavelength.

    Attributes
    ----------
    values : dict of str to float
        ``fsr_nm``, ``log10_q.*`` and ``confinement.*``, those that the mode has.
    slopes : dict of str to (k,) array
        By each number, in its unit.
    place : float
        Real azimuthal order of the comb at the wavelength.
    place_slopes : (k,) array
    """

    values: dict[str, float]
    slopes: dict[str, Array]
    place: float
    place_slopes: Array

    def knows(self, name: str) -> bool:
        """Whether an outcome can be had."""
        return name in self.values or (name == "q_total" and "log10_q.total" in self.values)

    def at(self, name: str, offsets: Array) -> Array:
        """An outcome at offsets of the numbers from nominal, shape (n, k)."""
        if name == "q_total":
            return np.asarray(10.0 ** self.at("log10_q.total", offsets), dtype=np.float64)
        return np.asarray(self.values[name] + offsets @ self.slopes[name], dtype=np.float64)


def linearised(nominal: Mapping[str, Any], designs: Designs, wavelength_nm: float, folder: Path | None = None) -> LinearOutcomes:
    """Solve the nominal design and differentiate its fundamental mode.

    Parameters
    ----------
    nominal : mapping
        Tables of the design.
    designs : sequence
        The numbers that change.
    wavelength_nm : float
        Where outcomes are read.
    folder : Path, optional
        Where file names in the design start.

    Raises
    ------
    SolverError
        If the comb has fewer than three modes about the wavelength, or a derivative cannot be had.
    """
    from ..design_file import parse_design
    from ..modes import derivatives, find_modes
    from ..modes.change import CavityChange

    path = None if folder is None else folder / "design.toml"
    design = parse_design(nominal, path=path)
    comb = _comb(find_modes, design, wavelength_nm)
    mode = min(comb[1:-1], key=lambda one: abs(one.wavelength_nm - wavelength_nm))
    at = comb.index(mode)
    below, above = comb[at - 1], comb[at + 1]
    here, by_order = _numbers(mode), {}
    for name, value in _numbers(above).items():
        before = _numbers(below).get(name)
        if name in here and before is not None:
            by_order[name] = (value - before) / (above.m - below.m)
    found: list[ModeDerivative | None] = []
    for key, lower, upper, width in designs:
        cavities = [parse_design(side, path=path).cavity for side in (lower, upper)]
        if cavities[0] == cavities[1]:
            found.append(None)
            continue
        found.append(derivatives(mode, CavityChange(key, cavities[0], cavities[1], width)))
    spacing = (below.wavelength_nm - above.wavelength_nm) / (above.m - below.m)
    place = mode.m + (mode.wavelength_nm - wavelength_nm) / spacing
    places = np.array([0.0 if one is None else one.wavelength_nm / spacing for one in found])
    slopes = {}
    for name in by_order:
        fixed = [0.0 if one is None else _slope(one, name) for one in found]
        slopes[name] = np.array(fixed) + by_order[name] * places
    values = {name: here[name] + by_order[name] * (place - mode.m) for name in by_order}
    return LinearOutcomes(values, slopes, place, places)


def _comb(find: Any, design: Any, wavelength_nm: float) -> list[Mode]:
    """Fundamental modes about the wavelength, by rising m, in a window of a few spacings."""
    from dataclasses import replace

    spacing = 1e-3 * wavelength_nm**2 / (math.pi * design.cavity.diameter_um * 1.45)
    request = replace(
        design.modes,
        wavelength_nm=wavelength_nm,
        span_nm=_SPACINGS * spacing,
        azimuthal_order=None,
        radial_orders=1,
        axial_orders=1,
        polarisation="TM" if design.modes.polarisation == "both" else design.modes.polarisation,
    )
    comb = sorted(find(design.cavity, request), key=lambda mode: mode.m)
    if len(comb) < 3:
        raise SolverError(f"derivatives: {len(comb)} modes about {wavelength_nm:g} nm; at least 3 are needed")
    return comb


def _numbers(mode: Mode) -> dict[str, float]:
    numbers = {f"confinement.{region}": share for region, share in mode.confinement.items()}
    budget = mode.losses
    losses = zip(_LOSSES, (budget.radiation, budget.absorption, budget.scattering, budget.total), strict=True)
    numbers |= {f"log10_q.{name}": value for name, value in losses if value is not None}
    return numbers if mode.fsr_nm is None else {**numbers, "fsr_nm": mode.fsr_nm}


def _slope(derivative: ModeDerivative, name: str) -> float:
    if name == "fsr_nm":
        return derivative.fsr_nm or 0.0
    kind, _, part = name.partition(".")
    return (derivative.log10_q if kind == "log10_q" else derivative.confinement).get(part, 0.0)
