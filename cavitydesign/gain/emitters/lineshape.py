"""Lines of emission and absorption against photon energy (eV)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...units import BOLTZMANN_EV_PER_K, FWHM_PER_SD, HC_EV_NM, PLANCK_EV_S

# Cross-sections, recombination and gain are seldom known better than to 30 %: where one contradicts
# another by a larger factor, it is told.
BRIGHTER = 1.3
# exp of more leaves the floats.
_FURTHEST = 600.0


def gaussian_line(energy_ev: ArrayLike, centre_ev: ArrayLike, sd_ev: float) -> Array:
    """Gaussian of height 1 (shapes broadcast)."""
    detuning = (np.asarray(energy_ev, dtype=float) - np.asarray(centre_ev, dtype=float)) / sd_ev
    return np.asarray(np.exp(-0.5 * detuning**2))


def kennard_stepanov(energy_ev: ArrayLike, crossing_ev: ArrayLike, temperature_k: float) -> Array:
    """Ratio of absorption to emission line, exp((E - E_z) / kT); 1 at the crossing energy E_z
    (Kennard 1918, Stepanov 1957).
    """
    above = np.asarray(energy_ev, dtype=float) - np.asarray(crossing_ev, dtype=float)
    exponent = above / (BOLTZMANN_EV_PER_K * temperature_k)
    return np.asarray(np.exp(np.clip(exponent, -_FURTHEST, _FURTHEST)))


def class_crossing_ev(
    centre_ev: float,
    line_sd_ev: float,
    class_sd_ev: float,
    crossing_ev: float,
    pin_ev: float,
    temperature_k: float,
) -> float:
    """Crossing energy of one size class such that all classes together keep the ensemble's
    absorption at one energy.

    A line of s.d. `line_sd_ev` made of rigidly shifted narrower lines of s.d. `class_sd_ev`, each
    obeying Kennard-Stepanov at its own energy, absorbs more than a single line of the same width
    would. Integrating both over the Gaussian spread of centres and asking for the ensemble ratio
    exp((E_pin - E_z)/kT) at E_pin gives, with r = (class s.d. / line s.d.)^2,

        E_zc = E_0 + r (E_pin - E_0) + s^2 (1 - r) / (2 kT) - (E_pin - E_z).
    """
    share = (class_sd_ev / line_sd_ev) ** 2
    thermal = BOLTZMANN_EV_PER_K * temperature_k
    return (
        centre_ev
        + share * (pin_ev - centre_ev)
        + class_sd_ev**2 * (1.0 - share) / (2.0 * thermal)
        - (pin_ev - crossing_ev)
    )


def fuechtbauer_ladenburg_per_cm(
    density_per_cm3: float,
    radiative_rate_per_s: float,
    centre_ev: float,
    fwhm_ev: float,
    index: float,
) -> float:
    """Peak gain of a full inversion, N A lambda^2 g(nu) / (8 pi n^2), for a Gaussian line (cm^-1).

    Parameters
    ----------
    density_per_cm3 : float
        Density of inverted emitters.
    radiative_rate_per_s : float
        Einstein A of the transition.
    centre_ev, fwhm_ev : float
        Line centre and full width at half maximum.
    index : float
        Refractive index of the host.
    """
    wavelength_cm = HC_EV_NM / centre_ev * 1e-7
    peak_per_hz = FWHM_PER_SD / math.sqrt(2.0 * math.pi) * PLANCK_EV_S / fwhm_ev
    return (
        density_per_cm3
        * radiative_rate_per_s
        * wavelength_cm**2
        * peak_per_hz
        / (8.0 * math.pi * index**2)
    )
