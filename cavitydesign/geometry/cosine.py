"""Cosine bottle: r = R cos(z / sqrt(R R_axial))."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .bottle import Bottle


@dataclass(frozen=True)
class Cosine(Bottle):
    """Bottle whose outline is a cosine with the given curvature at the equator."""

    @property
    def _rate_per_um(self) -> float:
        return 1.0 / math.sqrt(self.radius_um * self.curvature_radius_um)

    @property
    def reach_um(self) -> tuple[float, float]:
        half = 0.5 * math.pi / self._rate_per_um
        return -half, half

    def point(self, t_um: Array) -> tuple[Array, Array]:
        return self.radius_um * np.cos(self._rate_per_um * t_um), np.array(t_um, dtype=float)

    def tangent(self, t_um: Array) -> tuple[Array, Array]:
        return -self.radius_um * self._rate_per_um * np.sin(self._rate_per_um * t_um), np.ones_like(
            t_um
        )

    def bend(self, t_um: Array) -> tuple[Array, Array]:
        return -self.radius_um * self._rate_per_um**2 * np.cos(
            self._rate_per_um * t_um
        ), np.zeros_like(t_um)
