"""Straight cylinder, solved as a slice with kz = 0."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .outline import Outline


@dataclass(frozen=True)
class Cylinder(Outline):
    """Infinite cylinder.

    Parameters
    ----------
    radius_um : float
        Radius.
    """

    radius_um: float

    @property
    def equator_radius_um(self) -> float:
        return self.radius_um

    @property
    def axial_radius_um(self) -> float:
        return math.inf

    @property
    def reach_um(self) -> tuple[float, float]:
        return -math.inf, math.inf

    def point(self, t_um: Array) -> tuple[Array, Array]:
        return np.full_like(t_um, self.radius_um), np.array(t_um, dtype=float)

    def tangent(self, t_um: Array) -> tuple[Array, Array]:
        return np.zeros_like(t_um), np.ones_like(t_um)

    def bend(self, t_um: Array) -> tuple[Array, Array]:
        return np.zeros_like(t_um), np.zeros_like(t_um)
