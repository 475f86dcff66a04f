"""Combs of modes under the emission line: spacing, extension beyond the solved range, effective
index from measured spacings.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...errors import InputError
from ...gain import GainMedium
from ...units import NM_PER_UM
from .lasing_mode import LasingMode

# Modes to either side of the solved ones at most: 200 spacings span far more than any gain line,
# and end a search along a spacing that has gone to zero.
_LONGEST = 200


def families(modes: Iterable[LasingMode]) -> dict[tuple[str, int, int], list[LasingMode]]:
    """Modes by (polarisation, p, q): one comb for each, by rising wavelength."""
    groups: dict[tuple[str, int, int], list[LasingMode]] = {}
    for mode in sorted(modes, key=lambda one: one.wavelength_nm):
        groups.setdefault(mode.family, []).append(mode)
    return groups


def local_spacing_nm(comb: Sequence[LasingMode], mode: LasingMode, diameter_um: float) -> float:
    """Distance from a mode to its neighbour in the comb, in nm: from the comb itself, from the
    mode's own FSR, or lambda^2 / (pi D n_g).

    Parameters
    ----------
    comb : sequence of LasingMode
        The mode among them, by rising wavelength.
    mode : LasingMode
    diameter_um : float
    """
    wavelengths = [one.wavelength_nm for one in comb]
    at = wavelengths.index(mode.wavelength_nm)
    # The distances to the mode before and to the mode after; a mode at an end has one of them.
    gaps = np.diff(wavelengths[max(at - 1, 0) : at + 2])
    if gaps.size:
        return float(gaps.min())
    if mode.fsr_nm:
        return mode.fsr_nm
    return mode.wavelength_nm**2 / (math.pi * diameter_um * NM_PER_UM * mode.group_index)


def _beyond(
    comb: Sequence[LasingMode], step: int, diameter_um: float
) -> Iterator[tuple[int, float]]:
    """Azimuthal steps and wavelengths past one end of a comb by rising wavelength (step +1: past
    the short end, since a larger m has a shorter wavelength).

    Wavenumbers continue with the first and second difference of the last three modes: dispersion
    bends the comb slowly.
    """
    end = [one.wavelength_nm for one in (comb[:3] if step > 0 else comb[:-4:-1])]
    waves = [1.0 / wavelength for wavelength in end]
    gap = (
        waves[0] - waves[1]
        if len(waves) > 1
        else step * local_spacing_nm(comb, comb[0], diameter_um) / end[0] ** 2
    )
    bend = waves[0] - 2.0 * waves[1] + waves[2] if len(waves) > 2 else 0.0
    wave, count = waves[0], 0
    while True:
        count, gap = count + 1, gap + bend
        wave += gap
        yield step * count, 1.0 / wave


def extended_comb(
    modes: Sequence[LasingMode], medium: GainMedium, diameter_um: float, reach_fwhm: float
) -> tuple[tuple[LasingMode, ...], tuple[int, ...]]:
    """The comb continued to both sides until the emission line is covered; a copy keeps the
    confinement and Q of its edge mode.

    Parameters
    ----------
    modes : sequence of LasingMode
    medium : GainMedium
    diameter_um : float
    reach_fwhm : float
        Reach from the centre of the line, in units of its full width at half maximum.

    Returns
    -------
    modes : tuple of LasingMode
        The solved ones first, in their order, then the copies.
    origin : tuple of int
        For each, the index of the solved mode that it comes from.
    """
    centre, reach = medium.emission_wavelength_nm, reach_fwhm * medium.emission_fwhm_nm
    found, origin = list(modes), list(range(len(modes)))
    for comb in families(modes).values():
        for edge, step in ((comb[0], 1), (comb[-1], -1)):
            for count, wavelength in _beyond(comb, step, diameter_um):
                # Only the far side of the line ends a comb: one that starts before the line runs
                # through all of it.
                if step * (centre - wavelength) > reach or abs(count) > _LONGEST:
                    break
                found.append(edge.next_in_comb(count, wavelength - edge.wavelength_nm))
                origin.append(modes.index(edge))
    return tuple(found), tuple(origin)


def periodic_comb(
    modes: Sequence[LasingMode], diameter_um: float
) -> tuple[tuple[LasingMode, ...], tuple[int, ...], float]:
    """One mode more at each end of every comb, so that a shift by up to half a spacing leaves no
    gap; and the median spacing in nm.
    """
    found, origin = list(modes), list(range(len(modes)))
    spacings = []
    for comb in families(modes).values():
        for edge, step in ((comb[0], 1), (comb[-1], -1)):
            count, wavelength = next(_beyond(comb, step, diameter_um))
            spacings.append(abs(wavelength - edge.wavelength_nm))
            found.append(edge.next_in_comb(count, wavelength - edge.wavelength_nm))
            origin.append(modes.index(edge))
    return tuple(found), tuple(origin), float(np.median(spacings))


def uncovered_sides(
    modes: Sequence[LasingMode], medium: GainMedium, diameter_um: float
) -> tuple[str, ...]:
    """Sides ("short", "long") on which the comb ends before one full width from the centre of the
    emission line.
    """
    reach = medium.emission_fwhm_nm
    short, long = False, False
    for comb in families(modes).values():
        low, high = comb[0], comb[-1]
        short |= (
            low.wavelength_nm - local_spacing_nm(comb, low, diameter_um)
            > medium.emission_wavelength_nm - reach
        )
        long |= (
            high.wavelength_nm + local_spacing_nm(comb, high, diameter_um)
            < medium.emission_wavelength_nm + reach
        )
    return tuple(name for name, missing in (("short", short), ("long", long)) if missing)


@dataclass(frozen=True)
class EffectiveIndexFit:
    """Index that reproduces a series of mode spacings by lambda^2 / (pi D n).

    Attributes
    ----------
    index, error : float
        Fitted index and its standard error.
    rms_nm : float
        Deviation of the spacings.
    """

    index: float
    error: float
    rms_nm: float


def fit_effective_index(
    wavelength_nm: ArrayLike, spacing_nm: ArrayLike, diameter_um: ArrayLike
) -> EffectiveIndexFit:
    """Fit n in spacing = lambda^2 / (pi D n) to measured or solved spacings (the paper's equation
    (1)).

    What is fitted is the group index of the comb: with a phase index instead, the formula leaves
    out the dispersion.

    Parameters
    ----------
    wavelength_nm, spacing_nm, diameter_um : arrays, broadcast to the same length
        One spacing each; positive.

    Raises
    ------
    InputError
        If a number is not positive or the list is empty.
    """
    wavelength, spacing, diameter = np.broadcast_arrays(
        np.atleast_1d(np.asarray(wavelength_nm, dtype=float)),
        np.atleast_1d(np.asarray(spacing_nm, dtype=float)),
        np.atleast_1d(np.asarray(diameter_um, dtype=float)),
    )
    if spacing.size == 0 or min(wavelength.min(), spacing.min(), diameter.min()) <= 0:
        raise InputError("effective index: wavelengths, spacings and diameters must be positive")
    # The spacing is linear in 1/n, so that least squares have a closed form; the error of n is that
    # of 1/n times n^2.
    unit = wavelength**2 / (math.pi * diameter * NM_PER_UM)
    inverse = float(unit @ spacing / (unit @ unit))
    misfit = spacing - inverse * unit
    degrees = max(spacing.size - 1, 1)
    error = (
        math.sqrt(float(misfit @ misfit) / degrees / float(unit @ unit))
        if spacing.size > 1
        else math.nan
    )
    return EffectiveIndexFit(
        1.0 / inverse, error / inverse**2, math.sqrt(float(np.mean(misfit**2)))
    )
