"""What bottles given by two radii share."""

from __future__ import annotations

from dataclasses import dataclass

from .outline import Outline


@dataclass(frozen=True)
class Bottle(Outline):
    """Outline with a given radius and curvature at the equator; the profile is its subclass's.

    Parameters
    ----------
    radius_um : float
        Radius at the equator.
    curvature_radius_um : float
        Radius of curvature of the outline at the equator.
    """

    radius_um: float
    curvature_radius_um: float

    @property
    def equator_radius_um(self) -> float:
        return self.radius_um

    @property
    def axial_radius_um(self) -> float:
        return self.curvature_radius_um
