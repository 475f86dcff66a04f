"""Complex stretch of r and z outside a box: the perfectly matched layer of general sections.

Inside the box nothing changes; outside, each coordinate gains strength * depth^3 of its own,
and every formula of the forms continues analytically (Chew and Weedon 1994; r itself is stretched
too, Teixeira and Chew 1997).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array, Values


@dataclass(frozen=True)
class Layer:
    """One absorbing layer of a box.

    Parameters
    ----------
    thickness_um : float
        Depth at which the length gained is `strength_um`.
    strength_um : complex
        Length gained over one thickness: the imaginary part takes away what runs outwards, the real
        one what decays.
    """

    thickness_um: float
    strength_um: complex


@dataclass(frozen=True)
class BoxStretch:
    """A box r < r_um, low_um < z < high_um, and layers around it.

    Parameters
    ----------
    r_um, low_um, high_um : float
        Faces of the box; infinite where there is no layer.
    outer, lower, upper : Layer
        The layers outside each face.
    full : bool
        Whether all layers have the room that they need to reflect nothing that counts.
    """

    r_um: float
    low_um: float
    high_um: float
    outer: Layer
    lower: Layer
    upper: Layer
    full: bool = True

    def beyond(self, r: Array, z: Array) -> NDArray[np.bool_]:
        """Which points lie in a layer."""
        return np.asarray((r > self.r_um) | (z < self.low_um) | (z > self.high_um))

    def faced(self, nodes: Array, slack: float) -> NDArray[np.bool_]:
        """Which elements a face passes through, by nodes (n, s, t, 2), by more than a slack."""
        low, high = nodes.min(axis=(1, 2)), nodes.max(axis=(1, 2))
        out = np.zeros(nodes.shape[0], dtype=bool)
        for axis, faces in ((0, (self.r_um,)), (1, (self.low_um, self.high_um))):
            for face in faces:
                out |= (low[:, axis] < face - slack) & (high[:, axis] > face + slack)
        return out

    def radial(self, r: Array) -> tuple[Values, Values]:
        """Stretched r and its derivative."""
        return _stretched(r, np.maximum(r - self.r_um, 0.0), self.outer)

    def axial(self, z: Array) -> tuple[Values, Values]:
        """Stretched z and its derivative."""
        below, above = np.maximum(self.low_um - z, 0.0), np.maximum(z - self.high_um, 0.0)
        down, by_down = _stretched(0.0 * z, below, self.lower)
        up, by_up = _stretched(z, above, self.upper)
        return up - down, by_up * by_down


def _stretched(x: Array, outside: Array, layer: Layer) -> tuple[Values, Values]:
    depth = outside / layer.thickness_um
    return (
        x + layer.strength_um * depth**3,
        1.0 + 3 * layer.strength_um / layer.thickness_um * depth**2,
    )
