"""Spectra of the pumped dots: gain and relative bleaching at any wavelength, fluence and delay.

    g(E) = g_max { L(E) [b + x/2] - A(E) [p0 + x/2] },   -da/a0 = 1 + g / (g_max A)

with the ensemble's lines and the truncated cascade (hot pair, relaxed pair b, exciton x, empty p0),
as a pump-probe measurement sees.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..units import HC_EV_NM
from .dots import DotMedium
from .lineshape import gaussian_line, kennard_stepanov

Array = NDArray[np.float64]


def bleaching(
    medium: DotMedium, wavelength_nm: ArrayLike, excitons: ArrayLike, delay_ps: ArrayLike
) -> Array:
    """Relative bleaching -da/a0; above 1 there is gain. Shapes broadcast.

    Parameters
    ----------
    medium : DotMedium
    wavelength_nm : array
        Probe.
    excitons : array
        Mean number per dot just after the pulse.
    delay_ps : array
        Time after the pulse.
    """
    energy = HC_EV_NM / np.asarray(wavelength_nm, dtype=float)
    _, pair, exciton, empty = medium.cascade.populations(excitons, delay_ps)
    ratio = kennard_stepanov(energy, medium.crossing_energy_ev, medium.temperature_k)
    return np.asarray(1.0 + (pair + 0.5 * exciton) / ratio - (empty + 0.5 * exciton))


def gain_spectrum_per_cm(
    medium: DotMedium, wavelength_nm: ArrayLike, excitons: ArrayLike, delay_ps: ArrayLike
) -> Array:
    """Material gain of the ensemble in cm^-1 (negative: absorption). Shapes broadcast."""
    energy = HC_EV_NM / np.asarray(wavelength_nm, dtype=float)
    line = gaussian_line(energy, medium.emission_energy_ev, medium.line_sd_ev)
    absorption = line * kennard_stepanov(energy, medium.crossing_energy_ev, medium.temperature_k)
    _, pair, exciton, empty = medium.cascade.populations(excitons, delay_ps)
    return np.asarray(
        medium.peak_gain_per_cm
        * (line * (pair + 0.5 * exciton) - absorption * (empty + 0.5 * exciton))
    )


def gain_peak_nm(medium: DotMedium, excitons: float, delay_ps: float) -> tuple[float, float]:
    """Wavelength of the largest gain and its value in cm^-1, within two line widths of the emission
    line.
    """
    reach = 2.0 * medium.emission_fwhm_nm
    grid = np.linspace(
        medium.emission_wavelength_nm - reach, medium.emission_wavelength_nm + reach, 2001
    )
    gain = gain_spectrum_per_cm(medium, grid, excitons, delay_ps)
    top = int(np.clip(np.argmax(gain), 1, len(grid) - 2))
    left, middle, right = gain[top - 1 : top + 2]
    step = grid[1] - grid[0]
    offset = 0.5 * (left - right) / (left - 2.0 * middle + right)
    return float(grid[top] + offset * step), float(middle - 0.25 * (left - right) * offset)
