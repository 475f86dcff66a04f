"""Emission spectra as a spectrometer of finite resolution shows them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError
from ...units import FWHM_PER_SD


def shown_width_nm(line_nm: ArrayLike, resolution_nm: float) -> Array:
    """FWHM that a spectrometer shows of a line: Gaussian widths add in squares.

    Parameters
    ----------
    line_nm : array_like
        Own FWHM of the line.
    resolution_nm : float
        FWHM of the spectrometer's response.

    Returns
    -------
    array
    """
    return np.asarray(np.hypot(np.asarray(line_nm, dtype=float), resolution_nm))


def shown_quality(wavelength_nm: float, line_nm: float, resolution_nm: float) -> float:
    """Q that would be read off the width shown; never more than wavelength / resolution.

    Parameters
    ----------
    wavelength_nm, line_nm : float
        Of the line, and its own FWHM.
    resolution_nm : float
        FWHM of the spectrometer's response.

    Returns
    -------
    float
    """
    return wavelength_nm / float(shown_width_nm(line_nm, resolution_nm))


def shown_spectrum(
    wavelength_nm: ArrayLike,
    lines_nm: ArrayLike,
    light: ArrayLike,
    width_nm: ArrayLike,
    resolution_nm: float,
    glow: float = 0.0,
    glow_nm: float = 536.7,
    glow_width_nm: float = 19.0,
) -> Array:
    """Spectrum for each nm: Gaussian lines of the modes on the broad photoluminescence.

    Parameters
    ----------
    wavelength_nm : (k,) array
        Where it is asked for.
    lines_nm, light : (M,) arrays
        Wavelengths of the modes and the light in each.
    width_nm : (M,) array or float
        Own FWHM of the lines.
    resolution_nm : float
        FWHM of the spectrometer's response.
    glow, glow_nm, glow_width_nm : float
        Photoluminescence in all, its centre and FWHM.

    Raises
    ------
    InputError
        A resolution that is not positive.
    """
    if not resolution_nm > 0:
        raise InputError(f"spectrum: resolution_nm {resolution_nm!r} must be positive")
    at = np.asarray(wavelength_nm, dtype=float)[:, None]
    centres = np.asarray(lines_nm, dtype=float)
    sd = np.broadcast_to(shown_width_nm(width_nm, resolution_nm) / FWHM_PER_SD, centres.shape)
    # Gaussians of unit area, so that the light of a mode is the area under its line.
    lines = np.exp(-0.5 * ((at - centres) / sd) ** 2) / (math.sqrt(2.0 * math.pi) * sd)
    broad = float(shown_width_nm(glow_width_nm, resolution_nm)) / FWHM_PER_SD
    away = (at[:, 0] - glow_nm) / broad
    ground = np.exp(-0.5 * away**2) / (math.sqrt(2.0 * math.pi) * broad)
    return np.asarray(lines @ np.asarray(light, dtype=float) + glow * ground)
