"""What an outline is: the meridian curve of the cavity's surface, as an exact parametrised arc
around its equator.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from ..arrays import Array


@dataclass(frozen=True)
class Outline(ABC):
    """A smooth meridian curve (r(t), z(t)), with t = 0 at the equator (r largest, z = 0) and t
    increasing with z.

    The parameter t has the unit um and dt equals the arc length at the equator, so that windows are
    cut in um. Subclasses are frozen dataclasses; one file each.
    """

    @property
    @abstractmethod
    def equator_radius_um(self) -> float:
        """Radius at the equator."""

    @property
    @abstractmethod
    def axial_radius_um(self) -> float:
        """Radius of curvature of the outline at the equator, in the meridian plane (infinite for a
        straight one).
        """

    @property
    @abstractmethod
    def reach_um(self) -> tuple[float, float]:
        """Smallest and largest t up to which the curve is defined."""

    @property
    def symmetric(self) -> bool:
        """Whether the curve is its own mirror image in z = 0."""
        return True

    @abstractmethod
    def point(self, t_um: Array) -> tuple[Array, Array]:
        """Coordinates (r, z) in um at parameters of any shape."""

    @abstractmethod
    def tangent(self, t_um: Array) -> tuple[Array, Array]:
        """First derivatives (dr/dt, dz/dt)."""

    @abstractmethod
    def bend(self, t_um: Array) -> tuple[Array, Array]:
        """Second derivatives (d2r/dt2, d2z/dt2), which the window's map along normals needs."""
