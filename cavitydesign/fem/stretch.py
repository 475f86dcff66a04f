"""Complex stretch of r and z outside a box: the perfectly matched layer of general sections.

Inside the box nothing changes; outside, each coordinate gains strength * depth^3 of its own,
and every formula of the forms continues analytically (Chew and Weedon 1994; r itself is stretched
too, Teixeira and Chew 1997).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class BoxStretch:
    """A box r < r_um, low_um < z < high_um, and layers around it.

    Parameters
    ----------
    r_um, low_um, high_um : float
        Faces of the box; infinite where there is no layer.
    thickness_um : (3,) tuple of float
        Of the outer, lower and upper layer: depth at which the length gained is `strength_um`.
    strength_um : (3,) tuple of complex
        Length gained over one thickness: the imaginary part takes away what runs outwards, the real
        one what decays.
    """

    r_um: float
    low_um: float
    high_um: float
    thickness_um: tuple[float, float, float]
    strength_um: tuple[complex, complex, complex]

    def radial(self, r: Array) -> tuple[Values, Values]:
        """Stretched r and its derivative."""
        gained, slope = self._gained(r - self.r_um, 0)
        return r + gained, 1.0 + slope

    def axial(self, z: Array) -> tuple[Values, Values]:
        """Stretched z and its derivative."""
        above, above_slope = self._gained(z - self.high_um, 2)
        below, below_slope = self._gained(self.low_um - z, 1)
        return z + above - below, 1.0 + above_slope + below_slope

    def _gained(self, outside: Array, side: int) -> tuple[Values, Values]:
        """Length gained at a distance outside a face, and its derivative."""
        thickness, strength = self.thickness_um[side], self.strength_um[side]
        depth = np.maximum(outside, 0.0) / thickness
        return strength * depth**3, 3.0 * strength / thickness * depth**2
