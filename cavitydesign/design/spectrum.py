"""Measured spectra: a list of peaks, found in a sampled spectrum where there is no list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Array = NDArray[np.float64]

_PROMINENCE_SIGMAS = 6.0
_NOISE_OF_MEDIAN = 1.4826


@dataclass(frozen=True, eq=False)
class Peaks:
    """Measured peaks, by rising wavelength.

    Attributes
    ----------
    wavelength_nm : (n,) array
    error_nm : (n,) array
        Standard deviation of each wavelength.
    polarisation : tuple of str or None
        "TM", "TE", or None where it was not measured.
    measured_in : str
        "vacuum" or "air": what the wavelengths were given in; here they are those of vacuum.
    """

    wavelength_nm: Array
    error_nm: Array
    polarisation: tuple[str | None, ...]
    measured_in: str = "vacuum"

    def __post_init__(self) -> None:
        order = np.argsort(self.wavelength_nm, kind="stable")
        object.__setattr__(self, "polarisation", tuple(self.polarisation[j] for j in order))
        for name in ("wavelength_nm", "error_nm"):
            values = np.array(getattr(self, name), dtype=np.float64)[order]
            values.setflags(write=False)
            object.__setattr__(self, name, values)
        if len(self.wavelength_nm) < 3:
            raise InputError(f"spectrum: {len(self.wavelength_nm)} peaks; a fit needs at least 3")
        if not np.all(self.error_nm > 0):
            raise InputError("spectrum: error_nm must be above 0")

    def __len__(self) -> int:
        return len(self.wavelength_nm)


def found_peaks(wavelength_nm: Array, intensity: Array, error_nm: float, measured_in: str = "vacuum") -> Peaks:
    """Peaks of a sampled spectrum: prominent maxima, their tops from a parabola through the logarithm.

    Parameters
    ----------
    wavelength_nm, intensity : (k,) arrays
        By rising wavelength.
    error_nm : float
        Standard deviation of a peak's wavelength.
    measured_in : str
        As `Peaks` has it.

    Raises
    ------
    InputError
        With fewer than three peaks.
    """
    from scipy.signal import find_peaks

    step = np.diff(intensity)
    noise = _NOISE_OF_MEDIAN * float(np.median(np.abs(step - np.median(step)))) / np.sqrt(2.0)
    least = max(_PROMINENCE_SIGMAS * noise, 0.01 * float(np.ptp(intensity)))
    tops, _ = find_peaks(intensity, prominence=least)
    centres = np.array([_top(wavelength_nm, intensity, int(top)) for top in tops])
    return Peaks(centres, np.full(len(centres), error_nm), (None,) * len(centres), measured_in)


def _top(wavelength_nm: Array, intensity: Array, place: int) -> float:
    """Maximum of the parabola through the logarithm of the highest sample and its neighbours."""
    near = slice(place - 1, place + 2)
    x, y = wavelength_nm[near] - wavelength_nm[place], intensity[near]
    height = np.log(y) if np.all(y > 0) else y
    bend, slope, _ = np.polyfit(x, height, 2)
    return float(wavelength_nm[place] - (slope / (2 * bend) if bend < 0 else 0.0))


def is_sampled(wavelength_nm: Array, intensity: Array | None) -> bool:
    """Whether rows look like a sampled spectrum (many, evenly spaced, with intensities), not like a list of peaks."""
    if intensity is None or len(wavelength_nm) < 60:
        return False
    gaps = np.diff(np.sort(wavelength_nm))
    return bool(np.max(gaps) < 3 * np.median(gaps) and np.ptp(intensity) > 0)
