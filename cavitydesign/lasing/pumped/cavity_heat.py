"""Heat that the pump leaves in the rim of a cavity, and the drift of its comb: an estimate of size,
not of the last percent.
"""

from __future__ import annotations

import math

from ...gain import GainMedium, Pump
from ...gain.heat import HeatLoad, ThermalHost, heat_load
from ...geometry.cavity import Cavity
from ..competition.lasing_mode import LasingMode
from .emitters import doped_index, emitters_in_reach, filled_volume_um3


def cavity_heat(
    mode: LasingMode,
    medium: GainMedium,
    pump: Pump,
    excitons: float,
    light_yield: float,
    diameter_um: float,
    cavity: Cavity | None = None,
) -> HeatLoad | None:
    """Heat load of the volume that a mode fills, with the emitters in it; None without a mode
    volume, or where the mode meets no emitters.

    The layer of the mode is taken as D/2 times 2 m^(-2/3) deep (Airy layer), which gives its length
    along the axis.

    Parameters
    ----------
    mode : LasingMode
        The one that lases.
    medium, pump
        As for the prediction.
    excitons : float
        Mean excitations of an emitter by one pulse.
    light_yield : float
        Photons that leave for each excitation.
    diameter_um : float
    cavity : Cavity or None
        Its body's dn/dT, where the library has it; PMMA otherwise.
    """
    if not (math.isfinite(mode.mode_volume_um3) and mode.mode_volume_um3 > 0 and mode.m > 0):
        return None
    if mode.confinement <= 0:
        return None
    host = ThermalHost()
    if cavity is not None and cavity.body.thermo_optic_per_k is not None:
        host = ThermalHost(
            index=cavity.body.index(mode.wavelength_nm),
            thermo_optic_per_k=cavity.body.thermo_optic_per_k,
        )
    # The Airy layer of a whispering gallery: its depth is D/2 times 2 m^(-2/3).
    depth = diameter_um * mode.m ** (-2.0 / 3.0)
    index = doped_index(medium, cavity, mode.wavelength_nm)
    volume = filled_volume_um3(mode)
    return heat_load(
        excitons=excitons,
        emitters=emitters_in_reach(medium, (mode,), diameter_um, index),
        volume_um3=volume,
        length_um=volume / (math.pi * diameter_um * depth),
        diameter_um=diameter_um,
        photons=pump.photons,
        pump_nm=pump.wavelength_nm,
        emission_nm=mode.wavelength_nm,
        # By rounding, or by the balance's error, slightly more light than excitations may come out.
        light_yield=min(max(light_yield, 0.0), 1.0),
        repetition_rate_hz=pump.repetition_rate_hz,
        host=host,
    )
