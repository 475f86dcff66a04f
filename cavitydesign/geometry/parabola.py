"""Parabolic bottle: r = R - z^2 / (2 R_axial)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .bottle import Bottle


@dataclass(frozen=True)
class Parabola(Bottle):
    """Bottle whose outline is a parabola."""

    @property
    def reach_um(self) -> tuple[float, float]:
        half = math.sqrt(2.0 * self.radius_um * self.curvature_radius_um)
        return -half, half

    def point(self, t_um: Array) -> tuple[Array, Array]:
        return self.radius_um - t_um**2 / (2.0 * self.curvature_radius_um), np.array(
            t_um, dtype=float
        )

    def tangent(self, t_um: Array) -> tuple[Array, Array]:
        return -t_um / self.curvature_radius_um, np.ones_like(t_um)

    def bend(self, t_um: Array) -> tuple[Array, Array]:
        return np.full_like(t_um, -1.0 / self.curvature_radius_um), np.zeros_like(t_um)
