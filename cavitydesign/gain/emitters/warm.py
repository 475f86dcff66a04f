"""A gain medium at another temperature than that of its constants.

- Energies follow the gap, rigidly: line, crossing energy and what is pinned to it.
- The line widens with the number of phonons, n = 1 / (exp(E / kT) - 1) (Rudin, Reinecke and
  Segall, Phys. Rev. B 42, 11218, 1990); its area stays, so that the peak falls as it widens.
- Absorption over emission is exp((E - E_z) / kT) at the temperature itself (Kennard, Stepanov).
- Non-radiative decay of one excitation follows exp(-E_a / kT).
- Free carriers need a density of transparency that rises as T^(3/2), the density of states within
  kT of the edges, and meet as T^(-3/2) (detailed balance at a given absorption).
"""

from __future__ import annotations

import math
from dataclasses import replace

from ...errors import InputError
from ...geometry.surroundings.temperature import GAIN_KEYS, Temperature
from ...units import BOLTZMANN_EV_PER_K, HC_EV_NM
from ..medium import GainMedium
from .carriers import CarrierMedium
from .dots import DotMedium
from .four_level import FourLevelMedium

_SAME_K = 10.0  # constants "at room temperature" are not known nearer; within it nothing is asked
_STATES = 1.5  # power of T in a density of states of three dimensions


def warm_medium(medium: GainMedium, table: Temperature) -> GainMedium:
    """The medium at the temperature of a table.

    Raises
    ------
    InputError
        If the table lacks a number, or the medium's form has no law of temperature.
    """
    own, now = medium.temperature_k, table.temperature_k
    missing = [key for key in GAIN_KEYS if getattr(table, key) is None]
    if missing and abs(now - own) > _SAME_K:
        raise InputError(
            f"temperature.{missing[0]}: missing; {medium.name} has its constants at {own:g} K and "
            "no law of temperature in the library: give "
            f"{', '.join(GAIN_KEYS)} (0 holds one still)"
        )
    if missing or now == own:
        return replace(medium, temperature_k=now)
    if table.valid_k is not None and any(getattr(table, key) for key in GAIN_KEYS):
        low, high = table.valid_k
        if not low <= own <= high:
            raise InputError(
                f"temperature.valid_k: {low:g} to {high:g} K leaves out {own:g} K, at which the "
                f"constants of {medium.name} hold"
            )
    shift = 1e-3 * (table.gap_shift_mev_per_k or 0.0) * (now - own)
    wider = medium.emission_fwhm_mev + (table.phonon_width_mev or 0.0) * (
        _phonons(table, now) - _phonons(table, own)
    )
    faster = math.exp(
        1e-3 * (table.activation_mev or 0.0) / BOLTZMANN_EV_PER_K * (1.0 / own - 1.0 / now)
    )
    moved = replace(
        medium,
        temperature_k=now,
        emission_energy_ev=medium.emission_energy_ev + shift,
        emission_fwhm_mev=wider,
    )
    # of a class's line, whose area stays
    lower = medium.class_sd_ev / moved.class_sd_ev
    if isinstance(moved, DotMedium):
        return replace(
            moved,
            peak_gain_per_cm=lower * moved.peak_gain_per_cm,
            crossing_energy_ev=moved.crossing_energy_ev + shift,
            crossing_pin_nm=HC_EV_NM / (HC_EV_NM / moved.crossing_pin_nm + shift),
            valid_below_ev=moved.valid_below_ev + shift,
            nonradiative_ps=moved.nonradiative_ps / faster,
        )
    if isinstance(moved, CarrierMedium):
        return _carriers(moved, lower, faster, (now / own) ** _STATES)
    if type(moved) is FourLevelMedium:
        return _four_level(moved, shift, lower, faster)
    raise InputError(
        f"temperature.temperature_k: a medium of the form of {medium.name} is known at its own "
        f"temperature alone, {own:g} K"
    )


def _phonons(table: Temperature, temperature_k: float) -> float:
    if not table.phonon_mev:
        return 0.0
    return 1.0 / math.expm1(1e-3 * table.phonon_mev / (BOLTZMANN_EV_PER_K * temperature_k))


def _carriers(medium: CarrierMedium, lower: float, faster: float, states: float) -> CarrierMedium:
    radiative = medium.monomolecular_yield * medium.monomolecular_per_s
    dark = medium.monomolecular_per_s - radiative
    first = radiative + dark * faster
    linear = medium.gain_law == "linear"
    return replace(
        medium,
        peak_gain_per_cm=lower * medium.peak_gain_per_cm,
        rest_absorption_per_cm=lower * medium.rest_absorption_per_cm,
        differential_gain_cm2=lower * medium.differential_gain_cm2 / states if linear else 0.0,
        transparency_per_cm3=states * medium.transparency_per_cm3,
        bimolecular_cm3_per_s=medium.bimolecular_cm3_per_s / states,
        monomolecular_per_s=first,
        monomolecular_yield=radiative / first,
    )


def _four_level(
    medium: FourLevelMedium, shift: float, lower: float, faster: float
) -> FourLevelMedium:
    radiative = medium.quantum_yield / medium.fluorescence_ps
    dark = (1.0 - medium.quantum_yield) / medium.fluorescence_ps
    rate = radiative + dark * faster
    return replace(
        medium,
        peak_gain_per_cm=lower * medium.peak_gain_per_cm,
        emission_cross_section_cm2=lower * medium.emission_cross_section_cm2,
        crossing_energy_ev=medium.crossing_energy_ev + shift,
        fluorescence_ps=1.0 / rate,
        quantum_yield=radiative / rate,
    )
