"""Dispersion of the n-photon absorption as a table, and of the threshold that follows from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Array
from ..errors import InputError


@dataclass(frozen=True)
class Resonance:
    """Relative n-photon cross-section against pump wavelength, linear between its points.

    The published work states where the minima of the threshold lie (970 nm for two, 1500 nm for
    three photons), not the width or the floor of the resonances: the shape is the user's.

    Parameters
    ----------
    wavelength_nm : tuple of float
        Rising.
    strength : tuple of float
        Positive, any scale.
    """

    wavelength_nm: tuple[float, ...]
    strength: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.wavelength_nm) < 2 or len(self.wavelength_nm) != len(self.strength):
            raise InputError(
                "pump.resonance_nm: needs two or more wavelengths, and as many strengths"
            )
        if np.any(np.diff(self.wavelength_nm) <= 0) or self.wavelength_nm[0] <= 0:
            raise InputError("pump.resonance_nm: wavelengths must be positive and rise")
        if min(self.strength) <= 0 or not np.all(np.isfinite(self.strength)):
            raise InputError("pump.resonance_strength: every strength must be positive")

    def at(self, wavelength_nm: ArrayLike) -> Array:
        """Relative cross-section.

        Raises
        ------
        InputError
            Outside the table.
        """
        asked = np.asarray(wavelength_nm, dtype=float)
        low, high = self.wavelength_nm[0], self.wavelength_nm[-1]
        if np.any(asked < low) or np.any(asked > high):
            outside = asked[(asked < low) | (asked > high)] if asked.ndim else asked
            raise InputError(
                f"pump.wavelength_nm: {float(np.ravel(outside)[0]):g} is outside the resonance "
                f"table, {low:g} to {high:g} nm"
            )
        return np.asarray(np.interp(asked, self.wavelength_nm, self.strength))

    def ratio(self, wavelength_nm: float, reference_nm: float) -> float:
        """sigma_n(wavelength) / sigma_n(reference)."""
        return float(self.at(wavelength_nm) / self.at(reference_nm))

    def threshold_ratio(self, wavelength_nm: ArrayLike, reference_nm: float, photons: int) -> Array:
        """Threshold fluence relative to that at the reference, (l0/l)
        (sigma(l0)/sigma(l))^(1/n).
        """
        asked = np.asarray(wavelength_nm, dtype=float)
        return np.asarray(
            reference_nm / asked * (self.at(reference_nm) / self.at(asked)) ** (1.0 / photons)
        )
