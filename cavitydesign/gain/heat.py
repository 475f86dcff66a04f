"""Quantum defect, heat left by each pump pulse, temperature rise, and the drift of the comb that
follows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..errors import InputError
from ..units import ELEMENTARY_CHARGE_C, photon_energy_ev


def quantum_defect(emission_nm: float, photons: int, pump_nm: float) -> float:
    """Share of the absorbed energy that cannot leave as light, 1 - E_emission / (n E_pump).

    Parameters
    ----------
    emission_nm, pump_nm : float
        Vacuum wavelengths.
    photons : int
        Pump photons of one excitation.

    Returns
    -------
    float
    """
    return 1.0 - photon_energy_ev(emission_nm) / (photons * photon_energy_ev(pump_nm))


@dataclass(frozen=True)
class ThermalHost:
    """Thermal constants of the cavity's body; the defaults are PMMA near room temperature.

    Parameters
    ----------
    heat_capacity_j_per_cm3_k : float
        1.75: 1.47 J/(g K) times 1.19 g/cm3 (Polymer Handbook, 4th ed.).
    conductivity_w_per_m_k : float
        0.19 (Polymer Handbook, 4th ed.).
    index : float
        1.495 at 537 nm (Beadie et al. 2015).
    thermo_optic_per_k : float
        dn/dT = -1.05e-4 (Cariou et al. 1986).
    expansion_per_k : float
        Linear, 7e-5 (Polymer Handbook, 4th ed.).
    """

    heat_capacity_j_per_cm3_k: float = 1.75
    conductivity_w_per_m_k: float = 0.19
    index: float = 1.495
    thermo_optic_per_k: float = -1.05e-4
    expansion_per_k: float = 7e-5

    def __post_init__(self) -> None:
        for name in ("heat_capacity_j_per_cm3_k", "conductivity_w_per_m_k", "index"):
            if not getattr(self, name) > 0:
                raise InputError(f"heat: {name} {getattr(self, name)!r} must be positive")


@dataclass(frozen=True)
class HeatLoad:
    """What pump pulses do to the cavity's temperature.

    Attributes
    ----------
    absorbed_pj, heat_pj : float
        Energy of one pulse absorbed by the emitters, and what of it stays as heat.
    pulse_rise_k : float
        Temperature rise of the pumped volume at once after a pulse, before heat spreads.
    cooling_time_us : float
        R^2 / (j^2 D), j = 2.405: slowest radial decay of a cylinder with a cold surface.
    steady_rise_k : float
        Mean rise at the repetition rate: heat per length over 8 pi conductivity (uniformly heated
        cylinder, cold surface).
    drift_nm_per_k, pulse_drift_nm, steady_drift_nm : float
        Shift of the comb: lambda (dn/dT / n + expansion).
    """

    absorbed_pj: float
    heat_pj: float
    pulse_rise_k: float
    cooling_time_us: float
    steady_rise_k: float
    drift_nm_per_k: float
    pulse_drift_nm: float
    steady_drift_nm: float


def heat_load(
    *,
    excitons: float,
    emitters: float,
    volume_um3: float,
    length_um: float,
    diameter_um: float,
    photons: int,
    pump_nm: float,
    emission_nm: float,
    light_yield: float,
    repetition_rate_hz: float,
    host: ThermalHost | None = None,
) -> HeatLoad:
    """Heat and drift of one cavity.

    Parameters
    ----------
    excitons, emitters : float
        Mean excitations of an emitter by one pulse; number of emitters pumped.
    volume_um3, length_um, diameter_um : float
        Volume that holds them, its length along the fibre, and the cavity's diameter.
    photons, pump_nm, emission_nm : pump and emission.
    light_yield : float
        Photons that leave for each excitation (0: all absorbed energy is heat).
    repetition_rate_hz : float
    host : ThermalHost or None
        None: PMMA.

    Raises
    ------
    InputError
        A number that is not positive, a yield outside 0 to 1.
    """
    media = host or ThermalHost()
    if min(emitters, volume_um3, length_um, diameter_um, repetition_rate_hz) <= 0 or excitons < 0:
        raise InputError(
            "heat: emitters, volume, length, diameter and repetition rate must be positive"
        )
    if not 0 <= light_yield <= 1:
        raise InputError(f"heat: light_yield {light_yield!r} must lie from 0 to 1")
    quantum_pj = photons * photon_energy_ev(pump_nm) * ELEMENTARY_CHARGE_C * 1e12
    absorbed = excitons * emitters * quantum_pj
    heat = absorbed * (1.0 - light_yield * (1.0 - quantum_defect(emission_nm, photons, pump_nm)))
    capacity_pj_per_um3_k = media.heat_capacity_j_per_cm3_k
    rise = heat / (volume_um3 * capacity_pj_per_um3_k)
    diffusivity_um2_per_us = media.conductivity_w_per_m_k / media.heat_capacity_j_per_cm3_k
    cooling = (0.5 * diameter_um / 2.404825557695773) ** 2 / diffusivity_um2_per_us
    power_w_per_m = heat * 1e-12 * repetition_rate_hz / (length_um * 1e-6)
    steady = power_w_per_m / (8.0 * math.pi * media.conductivity_w_per_m_k)
    drift = emission_nm * (media.thermo_optic_per_k / media.index + media.expansion_per_k)
    return HeatLoad(absorbed, heat, rise, cooling, steady, drift, drift * rise, drift * steady)
