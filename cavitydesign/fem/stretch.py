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
    thickness_um : float
        Depth at which the length gained is `strength_um`.
    strength_um : complex
        Length gained over one thickness: the imaginary part takes away what runs outwards, the real
        one what decays.
    """

    r_um: float
    low_um: float
    high_um: float
    thickness_um: float
    strength_um: complex

    def radial(self, r: Array) -> tuple[Values, Values]:
        """Stretched r and its derivative."""
        return self._stretched(r, np.maximum(r - self.r_um, 0.0))

    def axial(self, z: Array) -> tuple[Values, Values]:
        """Stretched z and its derivative."""
        return self._stretched(
            z, np.maximum(z - self.high_um, 0.0) - np.maximum(self.low_um - z, 0.0)
        )

    def _stretched(self, x: Array, outside: Array) -> tuple[Values, Values]:
        depth = outside / self.thickness_um
        return (
            x + self.strength_um * depth**3,
            1.0 + 3 * self.strength_um / self.thickness_um * depth**2,
        )
