"""The emitted pulse: its length and the narrowest line it can have."""

from __future__ import annotations

import numpy as np

from ...arrays import Array
from ...units import NM_PER_UM, SPEED_OF_LIGHT_UM_PER_PS

# 2 ln2 / pi: product of the FWHMs of intensity and spectrum of an unchirped Gaussian pulse.
GAUSSIAN_TIME_BANDWIDTH = 0.44127


def full_width_ps(time_ps: Array, photons: Array) -> float | None:
    """Full width at half maximum of a pulse sampled at uneven times; None where it does not rise
    and fall.

    Parameters
    ----------
    time_ps : (n,) array
        Rising.
    photons : (n,) array

    Returns
    -------
    float or None
    """
    top = int(photons.argmax())
    half = 0.5 * photons[top]
    below_before, below_after = (
        np.flatnonzero(photons[:top] < half),
        np.flatnonzero(photons[top:] < half),
    )
    if len(below_before) == 0 or len(below_after) == 0:
        return None
    left, right = int(below_before[-1]), top + int(below_after[0])
    rise = float(np.interp(half, photons[left : left + 2], time_ps[left : left + 2]))
    fall = float(np.interp(half, photons[[right, right - 1]], time_ps[[right, right - 1]]))
    return fall - rise


def transform_limit_nm(width_ps: float, wavelength_nm: float) -> float:
    """Narrowest spectral FWHM of a Gaussian pulse of this FWHM.

    Parameters
    ----------
    width_ps : float
    wavelength_nm : float
        Of the mode, in vacuum.

    Returns
    -------
    float
    """
    return (
        GAUSSIAN_TIME_BANDWIDTH
        / width_ps
        * wavelength_nm**2
        / (SPEED_OF_LIGHT_UM_PER_PS * NM_PER_UM)
    )
