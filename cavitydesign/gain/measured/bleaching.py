"""Spectra of the pumped dots: gain and relative bleaching at any wavelength, fluence and delay.

    g(E) = g_max { L(E) [b + x/2] - A(E) [p0 + x/2] },   -da/a0 = 1 + g / (g_max A)

as a pump-probe measurement sees, by either of two kinetics. `CASCADE` is the paper's: the
ensemble's line, and dots that hold two excitons or more start as one hot pair (hot pair, relaxed
pair b, exciton x, empty p0). `LADDER` is what lases: the lines of the size classes, and the ladder
of the rate equations, where a dot of j excitons passes through all rungs below.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError, nearest
from ...units import HC_EV_NM
from ..emitters.dots import DotMedium
from ..emitters.lineshape import gaussian_line, kennard_stepanov

CASCADE = "cascade"
LADDER = "ladder"
# Rungs that serve a saturating pulse: 60 excitons end there within 5 ps as 1,000 would, to 1e-3.
_TOP = 60


def bleaching(
    medium: DotMedium,
    wavelength_nm: ArrayLike,
    excitons: ArrayLike,
    delay_ps: ArrayLike,
    kinetics: str = CASCADE,
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
    kinetics : {"cascade", "ladder"}
        The paper's, or what lases.
    """
    emission, absorption = _lines(medium, wavelength_nm, kinetics)
    filled, empty = _filled(medium, excitons, delay_ps, kinetics)
    return np.asarray(1.0 + filled * (emission / absorption) - empty)


def gain_spectrum_per_cm(
    medium: DotMedium,
    wavelength_nm: ArrayLike,
    excitons: ArrayLike,
    delay_ps: ArrayLike,
    kinetics: str = CASCADE,
) -> Array:
    """Material gain of the ensemble in cm^-1 (negative: absorption). Shapes broadcast.

    Parameters
    ----------
    medium : DotMedium
    wavelength_nm, excitons, delay_ps : array_like
        Vacuum wavelength, mean excitons of a dot after the pump, and time since then.
    kinetics : str
        Which populations the bleaching follows.

    Returns
    -------
    array
        Of the broadcast shape.
    """
    emission, absorption = _lines(medium, wavelength_nm, kinetics)
    filled, empty = _filled(medium, excitons, delay_ps, kinetics)
    return np.asarray(medium.peak_gain_per_cm * (emission * filled - absorption * empty))


def gain_peak_nm(
    medium: DotMedium, excitons: float, delay_ps: float, kinetics: str = CASCADE
) -> tuple[float, float]:
    """Wavelength of the largest gain and its value in cm^-1, within two line widths of the emission
    line.

    Parameters
    ----------
    medium : DotMedium
    excitons : float
        Mean excitons of a dot after the pump.
    delay_ps : float
        Time since the pump.
    kinetics : str
        As in `gain_spectrum_per_cm`.

    Returns
    -------
    wavelength_nm, gain_per_cm : float
    """
    reach = 2.0 * medium.emission_fwhm_nm
    grid = np.linspace(
        medium.emission_wavelength_nm - reach, medium.emission_wavelength_nm + reach, 2001
    )
    gain = gain_spectrum_per_cm(medium, grid, excitons, delay_ps, kinetics)
    top = int(np.clip(np.argmax(gain), 1, len(grid) - 2))
    left, middle, right = gain[top - 1 : top + 2]
    step = grid[1] - grid[0]
    offset = 0.5 * (left - right) / (left - 2.0 * middle + right)
    return float(grid[top] + offset * step), float(middle - 0.25 * (left - right) * offset)


def _lines(medium: DotMedium, wavelength_nm: ArrayLike, kinetics: str) -> tuple[Array, Array]:
    """Emission and absorption of all emitters, in units of the peak gain."""
    asked_nm = np.asarray(wavelength_nm, dtype=float)
    if kinetics == LADDER:
        lines = medium.class_lines(asked_nm.ravel())
        emission, absorption = lines.weight @ lines.emission, lines.weight @ lines.absorption
        return emission.reshape(asked_nm.shape), absorption.reshape(asked_nm.shape)
    if kinetics != CASCADE:
        words = (CASCADE, LADDER)
        raise InputError(
            f"kinetics: {kinetics!r} is not known; {', '.join(words)}{nearest(kinetics, words)}"
        )
    energy = HC_EV_NM / asked_nm
    line = gaussian_line(energy, medium.emission_energy_ev, medium.line_sd_ev)
    return line, line * kennard_stepanov(energy, medium.crossing_energy_ev, medium.temperature_k)


def _filled(
    medium: DotMedium, excitons: ArrayLike, delay_ps: ArrayLike, kinetics: str
) -> tuple[Array, Array]:
    """Weights b + x/2 of emission and p0 + x/2 of absorption."""
    if kinetics == CASCADE:
        _, pair, exciton, empty = medium.cascade.populations(excitons, delay_ps)
        return np.asarray(pair + 0.5 * exciton), np.asarray(empty + 0.5 * exciton)
    mean, delay = np.broadcast_arrays(
        np.asarray(excitons, dtype=float), np.asarray(delay_ps, dtype=float)
    )
    ladder = medium.ladder(_TOP)
    times, which = np.unique(delay.ravel(), return_inverse=True)
    rungs = ladder.decayed(medium.occupation(mean.ravel(), _TOP), times)
    cool = rungs[which.ravel(), :, np.arange(mean.size)]
    return (
        (cool @ ladder.emission).reshape(mean.shape),
        (cool @ ladder.absorption).reshape(mean.shape),
    )
