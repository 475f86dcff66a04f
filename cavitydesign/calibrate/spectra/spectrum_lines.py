"""Which modes of a cavity the lines of a measured spectrum are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...errors import InputError, nearest
from ..calibration_spec import MeasuredSpectrum

# Share of the mode spacing within which a line is a mode: half would let neighbours swap.
_SAME_MODE = 0.35
_LONE_NM = 1.0  # The same of a cavity with one mode, in nm: no neighbour can be mistaken for it.


@dataclass(frozen=True, eq=False)
class PreparedSpectrum:
    """A measured spectrum and the modes that its lines are.

    Attributes
    ----------
    spectrum : MeasuredSpectrum
    line_of : (n, m) array
        1 where a mode belongs to a line: those nearer than the resolution are one.
    unseen : (u,) array of int
        Modes that were looked for and not seen.
    labels : tuple of str
        Of the modes, (m,).
    mode_nm : (m,) array
        Their wavelengths.
    """

    spectrum: MeasuredSpectrum
    line_of: Array
    unseen: NDArray[np.int64]
    labels: tuple[str, ...]
    mode_nm: Array

    @property
    def line_nm(self) -> Array:
        """Wavelength of each line: of the first of its modes in the design."""
        return np.asarray(self.mode_nm[self.line_of.argmax(axis=1)])

    @property
    def line_labels(self) -> tuple[str, ...]:
        """Modes of each line, joined where it is several."""
        return tuple(
            " + ".join(self.labels[index] for index in np.flatnonzero(row)) for row in self.line_of
        )


def prepare_spectrum(
    spectrum: MeasuredSpectrum, modes: Sequence[tuple[str, float]]
) -> PreparedSpectrum:
    """Find the mode of each line.

    Parameters
    ----------
    spectrum : MeasuredSpectrum
    modes : sequence of (str, float)
        Label and wavelength (nm) of every mode that takes part.

    Raises
    ------
    InputError
        A line that is no mode of the design, or two lines that are one.
    """
    labels = tuple(label for label, _ in modes)
    mode_nm = np.array([wavelength for _, wavelength in modes])
    centre = spectrum.centre_nm
    if centre is not None:
        # a mean lies between what it is of; three standard deviations for its error
        beyond = max(mode_nm.min() - centre.value, centre.value - mode_nm.max())
        if beyond > 3.0 * centre.sd:
            raise InputError(
                f"{spectrum.name}: centre_nm = {centre.value:g}: the modes of the design lie from "
                f"{mode_nm.min():.3f} to {mode_nm.max():.3f} nm, and so does their mean"
            )
    if len(spectrum.light) > len(modes):
        raise InputError(
            f"{spectrum.file}: {len(spectrum.light)} lines, and the design has {len(modes)} modes; "
            "give the light of each line once, not the samples of a spectrum: `cavitydesign "
            "measure series --json` finds the lines"
        )
    found = [_mode_of(spectrum, place, labels, mode_nm) for place in range(len(spectrum.light))]
    for first, second in zip(sorted(found), sorted(found)[1:], strict=False):
        if first == second:
            raise InputError(
                f"{spectrum.file}: two lines are the mode {labels[first]} at "
                f"{mode_nm[first]:.3f} nm; give each line once"
            )
    line_of = np.zeros((len(found), len(labels)))
    taken = set(found)
    for line, mode in enumerate(found):
        line_of[line, mode] = 1.0
        for other in np.flatnonzero(np.abs(mode_nm - mode_nm[mode]) <= spectrum.resolution_nm):
            if int(other) not in taken:
                taken.add(int(other))
                line_of[line, other] = 1.0
    low, high = spectrum.range_nm or (0.0, np.inf)
    looked = (mode_nm >= low) & (mode_nm <= high)
    unseen = [mode for mode in np.flatnonzero(looked) if int(mode) not in taken]
    dark = unseen if len(found) else []
    return PreparedSpectrum(spectrum, line_of, np.array(dark, dtype=np.int64), labels, mode_nm)


def _mode_of(spectrum: MeasuredSpectrum, place: int, labels: Sequence[str], mode_nm: Array) -> int:
    """Index of the mode of one line."""
    name = spectrum.modes[place]
    if name:
        if name in labels:
            return list(labels).index(name)
        raise InputError(
            f"{spectrum.file}: mode = {name!r}: none of the design's "
            f"({labels[0]} and {len(labels) - 1} others){nearest(name, labels)}"
        )
    wavelength = float(spectrum.wavelength_nm[place])
    apart = np.abs(mode_nm - wavelength)
    best = int(np.argmin(apart))
    reach = _reach_nm(labels, mode_nm)
    if apart[best] > reach:
        raise InputError(
            f"{spectrum.file}: line at {wavelength:.3f} nm: the nearest mode of the design is "
            f"{labels[best]} at {mode_nm[best]:.3f} nm, and a line must lie within {reach:.2g} nm "
            "of its mode; correct the diameter by `cavitydesign fit`, or name each line's mode in "
            "a column mode"
        )
    return best


def _reach_nm(labels: Sequence[str], mode_nm: Array) -> float:
    """A share of the least spacing of a family."""
    families: dict[str, list[float]] = {}
    for label, wavelength in zip(labels, mode_nm, strict=True):
        families.setdefault(re.sub(r"\b\d+", "", label, count=1), []).append(float(wavelength))
    gaps = [float(np.diff(np.sort(one)).min()) for one in families.values() if len(one) > 1]
    return _SAME_MODE * min(gaps) if gaps else _LONE_NM
