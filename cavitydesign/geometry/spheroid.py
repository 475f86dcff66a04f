"""Spheroid, of which the sphere is the round case: r = R cos b, z = R_polar sin b."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .outline import Outline


@dataclass(frozen=True)
class Spheroid(Outline):
    """Ellipsoid of revolution; t = R_polar b with the eccentric angle b.

    Parameters
    ----------
    radius_um : float
        Radius at the equator.
    polar_radius_um : float
        Half axis along z; equal to `radius_um`: a sphere.
    """

    radius_um: float
    polar_radius_um: float

    @property
    def equator_radius_um(self) -> float:
        return self.radius_um

    @property
    def axial_radius_um(self) -> float:
        return self.polar_radius_um**2 / self.radius_um

    @property
    def reach_um(self) -> tuple[float, float]:
        half = 0.5 * math.pi * self.polar_radius_um
        return -half, half

    def point(self, t_um: Array) -> tuple[Array, Array]:
        angle = t_um / self.polar_radius_um
        return self.radius_um * np.cos(angle), self.polar_radius_um * np.sin(angle)

    def tangent(self, t_um: Array) -> tuple[Array, Array]:
        angle = t_um / self.polar_radius_um
        return -self.radius_um / self.polar_radius_um * np.sin(angle), np.cos(angle)

    def bend(self, t_um: Array) -> tuple[Array, Array]:
        angle = t_um / self.polar_radius_um
        return -self.radius_um / self.polar_radius_um**2 * np.cos(angle), -np.sin(
            angle
        ) / self.polar_radius_um
