"""What every prediction begins with: modes as the rate equations see them, their comb under the
gain, and their overlaps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from ...errors import InputError
from ...gain import GainMedium, Pump
from ...geometry.cavity import Cavity
from ...modes.mode import Mode
from ...modes.mode_set import ModeSet
from ...units import photon_energy_ev
from ..competition.competitors import competing_comb
from ..competition.lasing_mode import LasingMode, lasing_modes
from ..competition.overlap import ModeOverlap, needed_overlap
from ..request import LasingRequest
from .emitters import doped_index

# Stimulated emission over absorption at the pump beyond which not one emitter in a thousand million
# is excited: no laser does with so few.
_EMPTYING = 1e9


@dataclass(frozen=True)
class Prepared:
    """Modes, medium and pump that fit each other.

    Attributes
    ----------
    given : tuple of Mode or LasingMode
    solved : tuple of LasingMode
        The given ones as the rate equations see them.
    comb : tuple of LasingMode
        The solved ones first, then their continuation under the gain.
    overlap : ModeOverlap or None
        Of the comb.
    pump : Pump
        Flat where its spot is in the zones.
    index : float
        Of the doped region.
    diameter_um : float
    """

    given: tuple[Mode | LasingMode, ...]
    solved: tuple[LasingMode, ...]
    comb: tuple[LasingMode, ...]
    overlap: ModeOverlap | None
    pump: Pump
    index: float
    diameter_um: float


def prepared(
    modes: Iterable[Mode | LasingMode],
    medium: GainMedium,
    pump: Pump,
    request: LasingRequest,
    diameter_um: float | None,
    cavity: Cavity | None,
    overlap: ModeOverlap | None,
) -> Prepared:
    """Check and prepare, see `predict_lasing`."""
    diameter = known_diameter(diameter_um, modes, cavity)
    modes = tuple(modes)
    check_pump(medium, pump)
    solved = lasing_modes(
        modes,
        request.quality,
        diameter,
        medium.doped_region,
        medium.host_group_index,
        cavity,
        exact_threshold=False,
    )
    if not solved:
        raise InputError(
            "lasing: no modes in the range; widen modes.span_nm or move modes.wavelength_nm"
        )
    if overlap is None and request.overlap == "fields":
        overlap = needed_overlap(modes, medium.doped_region, pump.photons, pump.spot_radius_um)
    comb, origin = solved, tuple(range(len(solved)))
    if request.extend_comb:
        comb, origin = competing_comb(solved, medium, diameter, request.line_reach, overlap)
    shared = None if overlap is None else overlap.repeated(origin)
    if overlap is not None and np.ptp(overlap.pump) > 0:
        # the spot is in the zones already
        pump = replace(pump, spot="flat")
    index = doped_index(medium, cavity, medium.emission_wavelength_nm)
    return Prepared(modes, solved, comb, shared, pump, index, diameter)


def check_pump(medium: GainMedium, pump: Pump) -> None:
    """Refuse a pump whose photons carry too little.

    Raises
    ------
    InputError
    """
    if pump.photons == 1:
        _check_filling(medium, pump)
    pumped = pump.photons * photon_energy_ev(pump.wavelength_nm)
    by_many = pump.photons > 1 and pumped >= medium.emission_energy_ev
    if pumped >= medium.least_pump_ev or by_many:
        # what several photons stimulate within the band is told beside the numbers (`caveats`)
        return
    told = f"pump.wavelength_nm: {pump.photons} photons of {pump.wavelength_nm:g} nm carry"
    if pumped < medium.emission_energy_ev:
        raise InputError(
            f"{told} {pumped:.3f} eV, less than the emission at {medium.emission_energy_ev:.3f} eV"
        )
    raise InputError(
        f"{told} {pumped:.3f} eV and lie within the emission band, where the pump stimulates "
        f"emission too; this medium needs {medium.least_pump_ev:.3f} eV or more"
    )


def _check_filling(medium: GainMedium, pump: Pump) -> None:
    """Refuse light that stimulates emission alone."""
    backwards = medium.pump_emission(pump.wavelength_nm)
    if backwards > _EMPTYING:
        raise InputError(
            f"pump.wavelength_nm: {pump.wavelength_nm:g} nm stimulates emission {backwards:.2g} "
            "times as strongly as it is absorbed, so that no emitter is excited; give a shorter "
            "wavelength, or another gain.crossing_energy_ev"
        )


def known_diameter(
    given: float | None, modes: Iterable[Mode | LasingMode], cavity: Cavity | None
) -> float:
    """The diameter given, or that of the cavity or of the modes' set.

    Raises
    ------
    InputError
        If none of them tells it.
    """
    if given is None and cavity is not None:
        given = cavity.diameter_um
    if given is None and isinstance(modes, ModeSet):
        given = modes.diameter_um
    if given is None:
        raise InputError("lasing: give diameter_um, the cavity or its set of modes")
    if not (math.isfinite(given) and given > 0):
        raise InputError(f"cavity.diameter_um: {given!r} must be positive")
    return given
