"""Physical constants (CODATA 2018, exact where the SI makes them so) and the conversions between
the units used here.

Lengths are um, wavelengths nm, times ps, fluences mJ/cm2, gain and absorption cm^-1, energies eV,
unless a name says otherwise.
"""

from __future__ import annotations

import math

SPEED_OF_LIGHT_UM_PER_PS = 299.792458  # exact in the SI, as are the next two
PLANCK_EV_S = 4.135667696923859e-15  # h/e to the digits of a float
ELEMENTARY_CHARGE_C = 1.602176634e-19  # exact
BOLTZMANN_EV_PER_K = 8.617333262145179e-5  # k/e, exact to the digits of a float
HC_EV_NM = 1239.841984332003  # h c/e, exact to the digits of a float
VACUUM_PERMITTIVITY_F_PER_M = 8.8541878128e-12  # 1.5e-10 of itself
VACUUM_IMPEDANCE_OHM = 376.730313668  # 1.5e-10 of itself

NM_PER_UM = 1e3  # by definition
PM_PER_NM = 1e3  # by definition
UM_PER_CM = 1e4  # by definition
# Standard deviations: outer nodes of the three-point rule of Gauss and Hermite, right to the fifth
# order in a normal number
NORMAL_NODE = 3.0**0.5
FWHM_PER_SD = 2.0 * math.sqrt(2.0 * math.log(2.0))  # of a Gaussian
DECIBELS_PER_E = 10.0 / math.log(10.0)  # a factor e, in decibels


def wavenumber_per_um(wavelength_nm: float) -> float:
    """Vacuum wavenumber k0 = 2 pi / lambda in um^-1 of a vacuum wavelength in nm."""
    return 2.0 * math.pi * NM_PER_UM / wavelength_nm


def wavelength_nm(wavenumber_per_um: float) -> float:
    """Vacuum wavelength in nm of a vacuum wavenumber in um^-1."""
    return 2.0 * math.pi * NM_PER_UM / wavenumber_per_um


def photon_energy_ev(wavelength_nm: float) -> float:
    """Photon energy in eV of a vacuum wavelength in nm."""
    return HC_EV_NM / wavelength_nm


def absorption_per_cm(extinction: float, wavelength_nm: float) -> float:
    """Intensity absorption 4 pi kappa / lambda in cm^-1 of an extinction coefficient kappa.

    Parameters
    ----------
    extinction : float
        Imaginary part of the refractive index.
    wavelength_nm : float
        In vacuum.

    Returns
    -------
    float
    """
    return 4.0 * math.pi * extinction / (wavelength_nm * 1e-7)


def extinction(absorption_per_cm: float, wavelength_nm: float) -> float:
    """Extinction coefficient kappa of an intensity absorption in cm^-1 at a vacuum wavelength in
    nm.

    Parameters
    ----------
    absorption_per_cm : float
    wavelength_nm : float
        In vacuum.

    Returns
    -------
    float
        Imaginary part of the refractive index.
    """
    return absorption_per_cm * wavelength_nm * 1e-7 / (4.0 * math.pi)


# Endings of names of quantities; the longest that fits gives the unit.
_UNITS = {
    "_um": "um",
    "_um2": "um^2",
    "_um3": "um^3",
    "_nm": "nm",
    "_pm": "pm",
    "_pm_per_nm": "pm/nm",
    "_ps": "ps",
    "_fs": "fs",
    "_ev": "eV",
    "_mev": "meV",
    "_deg": "deg",
    "_db": "dB",
    "_k": "K",
    "_mj_cm2": "mJ/cm^2",
    "_per_cm": "cm^-1",
    "_per_um": "um^-1",
    "_nm_per_riu": "nm/RIU",
    "_riu": "RIU",
    "_pm_per_k": "pm/K",
    "_ghz": "GHz",
    "_mhz": "MHz",
}


def unit_of(name: str) -> str:
    """Unit of a quantity, read from the ending of its name; empty for a pure number or a text.

    Examples
    --------
    >>> unit_of("threshold_mj_cm2.lasing"), unit_of("q_total")
    ('mJ/cm^2', '')
    """
    last = [part for part in name.split(".") if any(part.endswith(ending) for ending in _UNITS)]
    if not last:
        return ""
    ending = max((ending for ending in _UNITS if last[-1].endswith(ending)), key=len)
    return _UNITS[ending]


# How print writes the units that plain letters spell.
TYPESET_UNITS = {
    "um": "µm",
    "um^2": "µm²",
    "um^3": "µm³",
    "deg": "°",
    "mJ/cm^2": "mJ/cm²",
    "mJ/cm2": "mJ/cm²",
    "cm^-1": "cm⁻¹",
    "um^-1": "µm⁻¹",
    "uW": "µW",
}
