"""What radiates of many modes whose fields are read at the same points, and fewer points to which
sums over them are brought.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array, Values
from .radiation import Source

# What the last coefficients between nodes of a layer may be of a mode's largest value: with 1e-8
# log10 Q is that of all quadrature points to 6e-10, with 1e-10 to 2e-11 (spheres of n = 1.45 to 4,
# m = 24 to 136, q up to 13)
_CONVERGED_ACROSS = 1e-9


@dataclass(frozen=True)
class Nodes:
    """Points through which functions are interpolated that are smooth in each layer.

    Attributes
    ----------
    r, z : (n, T) arrays
        Positions.
    sums : (n, S) array
        Sums over the lines of a grid by those over these points.
    last : (c, n) array
        The last coefficients of the series of each layer that has fewer points than lines, from
        values at the points.
    """

    r: Array
    z: Array
    sums: Array
    last: Array

    def resolve(self, values: Values) -> NDArray[np.bool_]:
        """Whether functions of each of k modes, (k, a, n T), are known between the points."""
        k, a, _ = values.shape
        left = abs(self.last @ values.reshape(k, a, *self.r.shape)).max(axis=(1, 2, 3), initial=0.0)
        return np.asarray(left <= _CONVERGED_ACROSS * abs(values).max(axis=(1, 2)))


@dataclass(frozen=True)
class SharedSources:
    """Polarised bodies of several modes at the quadrature points of one grid inside the outline.

    Attributes
    ----------
    r, z, weight : (S, T) arrays
        Positions, and r dr dz.
    e_r, e_z, e_azimuthal : (j, k, S, T) arrays
        (eps - eps_s) times E_r, E_z and E_phi / i of k modes, of j vectors each.
    nodes : tuple of callables
        Each gives `Nodes`, those of few points first: they are seldom needed all.
    """

    r: Array
    z: Array
    weight: Array
    e_r: Values
    e_z: Values
    e_azimuthal: Values
    nodes: tuple[Callable[[], Nodes], ...]

    def part(self, modes: NDArray[np.int64]) -> SharedSources:
        """Some of the modes."""
        return replace(
            self,
            e_r=self.e_r[:, modes],
            e_z=self.e_z[:, modes],
            e_azimuthal=self.e_azimuthal[:, modes],
        )

    def alone(self, mode: int, kept: NDArray[np.bool_]) -> list[Source]:
        """The vectors of one mode, at some of the points."""
        at = self.r[kept], self.z[kept], self.weight[kept]
        parts = (self.e_r, self.e_z, self.e_azimuthal)
        return [
            Source(*at, *(part[vector, mode][kept] for part in parts))
            for vector in range(self.e_r.shape[0])
        ]
