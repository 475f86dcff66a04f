"""What the shape of a pulse and its wavelength make of its energy: the number of the shape, and
photons.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import beta

from ..arrays import Array
from ..errors import InputError, nearest
from ..units import ELEMENTARY_CHARGE_C, photon_energy_ev

SHAPES = ("gaussian", "sech2", "square")


def shape_number(shape: str, photons: int) -> float:
    """s_n = tau^(n-1) int I^n dt / (int I dt)^n with tau the FWHM of the intensity.

    Gaussian (4 ln2 / pi)^((n-1)/2) / sqrt(n); sech^2 a^(n-1) B(1/2, n) / 2^n with a = 2 arcosh(sqrt
    2); square 1.

    Parameters
    ----------
    shape : {"gaussian", "sech2", "square"}
    photons : int
        n.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If the shape is not known.
    """
    if shape == "gaussian":
        return float((4.0 * math.log(2.0) / math.pi) ** (0.5 * (photons - 1)) / math.sqrt(photons))
    if shape == "sech2":
        width = 2.0 * math.acosh(math.sqrt(2.0))
        return float(width ** (photons - 1) * beta(0.5, photons) / 2.0**photons)
    if shape == "square":
        return 1.0
    raise InputError(
        f"pump.shape: {shape!r} is not allowed; {', '.join(SHAPES)}{nearest(shape, SHAPES)}"
    )


def photons_per_cm2(fluence_mj_cm2: ArrayLike, wavelength_nm: float) -> Array:
    """Photon fluence F / h nu in cm^-2.

    Parameters
    ----------
    fluence_mj_cm2 : array_like
    wavelength_nm : float
        Vacuum wavelength of the pump.

    Returns
    -------
    array
    """
    energy_mj = photon_energy_ev(wavelength_nm) * ELEMENTARY_CHARGE_C * 1e3
    return np.asarray(np.asarray(fluence_mj_cm2, dtype=float) / energy_mj)
