"""Measured spectra: a list of peaks, found in a sampled spectrum where there is no list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from ...errors import MOST_TOLD, InputError

MOST_PEAKS = 500  # More peaks than any list of modes has: the file is a sampled spectrum then.
_LEAST_SAMPLES = 60  # Fewer rows are a list of peaks.
# Modes so close are those of a cavity of 240 um: a list of peaks is never so dense.
_WIDEST_STEP_NM = 0.25
_EVEN_SHARE = 0.9  # Of the steps that are no gap: joined spectra and dropped pixels leave a few.
# Mode spacings without a peak that end a part: a comb seldom lacks so many of its lines.
_EMPTY_SPACINGS = 8


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
    notes : tuple of str
        How the file was read, for the user.
    """

    wavelength_nm: Array
    error_nm: Array
    polarisation: tuple[str | None, ...]
    measured_in: str = "vacuum"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        order = np.argsort(self.wavelength_nm, kind="stable")
        object.__setattr__(self, "polarisation", tuple(self.polarisation[j] for j in order))
        for name in ("wavelength_nm", "error_nm"):
            values = np.array(getattr(self, name), dtype=np.float64)[order]
            values.setflags(write=False)
            object.__setattr__(self, name, values)
        if len(self.wavelength_nm) < 3:
            raise InputError(f"spectrum: {len(self.wavelength_nm)} peaks; a fit needs at least 3")
        if len(self.wavelength_nm) > MOST_PEAKS:
            text = "a sampled spectrum has a column intensity and even steps"
            raise InputError(
                f"spectrum: {len(self.wavelength_nm)} peaks; at most {MOST_PEAKS} are fitted "
                f"({text})"
            )
        if not np.all(self.error_nm > 0):
            raise InputError("spectrum: error_nm must be above 0")

    def __len__(self) -> int:
        return len(self.wavelength_nm)


def without_distant(peaks: Peaks, spacing_nm: float) -> Peaks:
    """The peaks without those that lie so far from the main part that they belong to another range
    (a pump line, a second order).

    Parameters
    ----------
    peaks : Peaks
    spacing_nm : float
        Of the modes, roughly; eight of them without a peak end a part.
    """
    ends = np.flatnonzero(np.diff(peaks.wavelength_nm) > _EMPTY_SPACINGS * spacing_nm) + 1
    parts = sorted(np.split(np.arange(len(peaks)), ends), key=len)
    if len(parts) == 1 or len(parts[-1]) < 3 or len(parts[-2]) == len(parts[-1]):
        return peaks
    kept = parts[-1]
    far = np.setdiff1d(np.arange(len(peaks)), kept)
    told = ", ".join(f"{x:g}" for x in peaks.wavelength_nm[far][:MOST_TOLD]) + (
        ", ..." if len(far) > MOST_TOLD else ""
    )
    note = f"left out: {told} nm, more than {_EMPTY_SPACINGS} mode spacings from the other peaks"
    seen = tuple(peaks.polarisation[j] for j in kept)
    return Peaks(
        peaks.wavelength_nm[kept],
        peaks.error_nm[kept],
        seen,
        peaks.measured_in,
        (*peaks.notes, note),
    )


def found_peaks(
    wavelength_nm: Array, intensity: Array, axis_error_nm: float = 0.0, measured_in: str = "vacuum"
) -> Peaks:
    """Peaks of a sampled spectrum: maxima that stand out of its noise, each with the error that the
    noise makes in its centre.

    Parameters
    ----------
    wavelength_nm, intensity : (k,) arrays
        By rising wavelength, no wavelength twice.
    axis_error_nm : float
        Standard deviation of the wavelengths of the samples themselves, added to each error in
        quadrature.
    measured_in : str
        As `Peaks` has it.

    Raises
    ------
    InputError
        With fewer than three peaks.
    """
    from .peak_finding import found_lines

    lines = found_lines(intensity)
    samples = np.arange(len(wavelength_nm), dtype=np.float64)
    centre_samples = np.array([line.centre for line in lines])
    centres = np.interp(centre_samples, samples, wavelength_nm)
    steps = np.interp(centre_samples, samples, np.gradient(wavelength_nm))
    errors = np.hypot(np.array([line.error for line in lines]) * steps, axis_error_nm)
    return Peaks(centres, errors, (None,) * len(lines), measured_in)


def is_sampled(wavelength_nm: Array, intensity: Array | None) -> bool:
    """Whether rows look like a sampled spectrum (many, at even small steps, with intensities), not
    like a list of peaks.

    A list of peaks is never so dense: modes 0.25 nm apart are those of a cavity of 240 um.
    """
    if intensity is None or len(wavelength_nm) < _LEAST_SAMPLES:
        return False
    gaps = np.diff(np.unique(wavelength_nm))
    if len(gaps) < _LEAST_SAMPLES - 1 or np.ptp(intensity) == 0:
        return False
    step = float(np.median(gaps))
    return step <= _WIDEST_STEP_NM and bool(np.mean(gaps < 2.0 * step) >= _EVEN_SHARE)
