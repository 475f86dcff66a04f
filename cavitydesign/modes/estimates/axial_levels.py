"""Axial energies of a bottle in the adiabatic estimate, for outlines of any shape.

At azimuthal order m the motion along the outline is that of a particle in the potential of the
local radius, -d2f/dl2 + m^2 [1/r^2 - 1/R^2] f = E f with l the arc length (E = (2 q + 1) m / (R
sqrt(R R_axial)) where it is harmonic). A mode (m, p, q) then has the radial problem of the slice at
the angular order nu, nu^2 = m^2 + R^2 E_q. On a sphere nu is l + 1/2 to 1/(8 m), and the radial
problem at that order is the sphere's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...arrays import Array
from ...fem.axial_basis import axial_energies
from ...fem.legendre import Line
from ...geometry.cavity import Cavity
from ...mesh.rim_layer import free_outline

_ELEMENTS, _ORDER = 4, 10  # of a side; levels of q < 20 to 1e-4 of their spacing on spheres
_DECAY = 6.0  # exponent to which the highest level decays before the line ends
_ROOM = 2.0  # in the energy: an outline that steepens has levels above the harmonic ones


@dataclass(frozen=True)
class AxialLevels:
    """Angular orders nu(m, q) of a cavity over a span of azimuthal orders.

    Parameters
    ----------
    cavity : Cavity
    count : int
        How many q.
    lowest, highest : int
        Azimuthal orders between which levels are wanted.
    """

    cavity: Cavity
    count: int
    lowest: int
    highest: int

    def order(self, m: float, q: int) -> float:
        """Angular order nu of the slice that the mode (m, q) belongs to."""
        if self.cavity.sliced:
            return float(m)
        nodes, energies = self._sampled
        level = energies[:, min(q, energies.shape[1] - 1)]
        if nodes.size == 1:
            squared = m / nodes[0] * float(level[0])
        else:
            share = (m - nodes[0]) / (nodes[1] - nodes[0])
            squared = float(level[0] + share * (level[1] - level[0]))
        return math.sqrt(m**2 + max(squared, 0.0))

    @cached_property
    def _sampled(self) -> tuple[Array, Array]:
        """Azimuthal orders and R^2 E there; on a sphere it is (2 q + 1) m + (q + 1/2)^2, and near a
        straight line in m elsewhere.
        """
        nodes = [float(self.lowest)]
        if self.highest > self.lowest + 1:
            nodes.append(float(self.highest))
        return np.array(nodes), np.stack([self._energies(m) for m in nodes])

    def _energies(self, m: float) -> Array:
        """R^2 E of every q."""
        outline = self.cavity.outline
        radius = outline.equator_radius_um
        end = self._end(m)
        share = np.linspace(-1.0, 1.0, 2 * _ELEMENTS + 1)
        line = Line(tuple(float(end * x) for x in share), _ORDER, False, False)

        def speed(t: Array) -> Array:
            return np.hypot(*outline.tangent(t))

        def potential(t: Array) -> Array:
            return np.asarray(m**2 * (1.0 / outline.point(t)[0] ** 2 - 1.0 / radius**2))

        return axial_energies(line, self.count, speed, potential) * radius**2

    def _end(self, m: float) -> float:
        """Parameter along the outline at which the highest level has decayed, or the outline
        ends.
        """
        outline = self.cavity.outline
        radius = outline.equator_radius_um
        t, r, speed = free_outline(self.cavity)
        harmonic = (2 * self.count - 1) / (m * radius * math.sqrt(radius * outline.axial_radius_um))
        turning = 1.0 / radius**2 + _ROOM * harmonic
        kappa = m * np.sqrt(np.maximum(1.0 / r**2 - turning, 0.0))
        growth = np.cumsum(0.5 * (kappa[1:] + kappa[:-1]) * np.diff(t) * speed[1:])
        return float(np.interp(_DECAY, growth, t[1:]))
