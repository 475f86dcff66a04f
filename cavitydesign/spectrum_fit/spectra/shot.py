"""One spectrum of a power series, and several of one fluence as one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from ...errors import InputError

_SAME_FLUENCE = 1e-6  # relative: numbers of six digits that a file rounded
# Spectra of one fluence times the wavelengths of all of them: some seconds of interpolation.
_MOST_TERMS = 400_000_000


@dataclass(frozen=True, eq=False)
class Shot:
    """One spectrum of a series.

    Attributes
    ----------
    fluence_mj_cm2 : float
    wavelength_nm : (k,) array
        In vacuum, rising.
    light : (k,) array
        Counts a second without filter and dark counts.
    background : float
        Tenth percentile of the counts, before dark counts were taken away.
    saturated : bool
        Whether several neighbouring samples stand at the greatest value.
    source : str
        File, or column of a wide table.
    exposure_s, filter_transmission : float
        That the counts were taken with.
    """

    fluence_mj_cm2: float
    wavelength_nm: Array
    light: Array
    background: float
    saturated: bool
    source: str
    exposure_s: float = 1.0
    filter_transmission: float = 1.0


def joined_shots(parts: Sequence[Shot]) -> tuple[list[Shot], list[str]]:
    """Shots by rising fluence; stitched ranges of one fluence as one, repeats averaged.

    Returns
    -------
    list of Shot
    list of str
        What was put together.

    Raises
    ------
    InputError
        For more spectra of one fluence, each with wavelengths of its own, than can be averaged.
    """
    groups: list[list[Shot]] = []
    for part in sorted(parts, key=lambda one: (one.fluence_mj_cm2, one.wavelength_nm[0])):
        first = groups[-1][0].fluence_mj_cm2 if groups else 0.0
        if first and abs(part.fluence_mj_cm2 / first - 1.0) < _SAME_FLUENCE:
            groups[-1].append(part)
        else:
            groups.append([part])
    notes = [
        f"{part.source}: {kind} with {before.source} (both {part.fluence_mj_cm2:g})"
        for group in groups
        for before, part in itertools.pairwise(group)
        for kind in (
            "stitched" if part.wavelength_nm[0] > before.wavelength_nm[-1] else "averaged",
        )
    ]
    return [group[0] if len(group) == 1 else _averaged(group) for group in groups], notes


def _averaged(group: Sequence[Shot]) -> Shot:
    """The mean, at each wavelength of any of them, of those that cover it."""
    wavelength = np.unique(np.concatenate([one.wavelength_nm for one in group]))
    if len(wavelength) * len(group) > _MOST_TERMS:
        raise InputError(
            f"{group[0].source}: {len(group)} spectra of one fluence have {len(wavelength)} "
            "wavelengths of their own; average them before"
        )
    total, count = np.zeros(len(wavelength)), np.zeros(len(wavelength))
    for one in group:
        light = np.interp(wavelength, one.wavelength_nm, one.light, left=np.nan, right=np.nan)
        covered = np.isfinite(light)
        total[covered] += light[covered]
        count += covered
    darkest = min(group, key=lambda one: one.background)
    return Shot(
        group[0].fluence_mj_cm2,
        wavelength,
        total / count,
        darkest.background,
        any(one.saturated for one in group),
        " + ".join(one.source for one in group),
        darkest.exposure_s,
        darkest.filter_transmission,
    )
