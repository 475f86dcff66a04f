"""The cavity's equatorial slice (an infinite layered cylinder, kz = 0) in one dimension: seeds, and the size of the rim layer.

TM (E_z):  int r E'F' + (m^2/r) E F = k0^2 int eps_z r E F
TE (H_z):  int (1/eps) [ r H'G' + (m^2/r) H G ] = k0^2 int r H G
Dense, a few dozen unknowns; exact for cylinders up to the closed walls, and about 1e-3 of a wavelength for bottles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import linalg

from .legendre import Array, Line, gauss, nodal_slopes, nodal_values


@dataclass(frozen=True)
class RadialSlice:
    """Layered radial problem between two closed walls.

    Parameters
    ----------
    breaks_um : tuple of float
        Element boundaries in r; every interface is one of them.
    regions : tuple of int
        Medium of each element, from the axis outwards.
    count : int
        Number of media.
    order : int
        Polynomial degree.
    """

    breaks_um: tuple[float, ...]
    regions: tuple[int, ...]
    count: int
    order: int = 8

    @property
    def line(self) -> Line:
        """The nodal space, zero at both walls."""
        return Line(self.breaks_um, self.order, False, False)

    @cached_property
    def _by_region(self) -> tuple[Array, Array, Array]:
        """Stiffness int r E'F', int EF/r and mass int r EF, each by region."""
        line = self.line
        x, w = gauss(line.points_per_element)
        values, slopes = nodal_values(self.order, x), nodal_slopes(self.order, x)
        numbers = line.nodal_numbers()
        size = line.nodal_size
        out = np.zeros((3, self.count, size + 1, size + 1))
        edges = np.asarray(self.breaks_um)
        for e, region in enumerate(self.regions):
            half = 0.5 * (edges[e + 1] - edges[e])
            r = 0.5 * (edges[e + 1] + edges[e]) + half * x
            here = np.ix_(numbers[e], numbers[e])
            out[0, region][here] += (slopes * (w * r / half)) @ slopes.T
            out[1, region][here] += (values * (w * half / r)) @ values.T
            out[2, region][here] += (values * (w * half * r)) @ values.T
        trimmed = out[:, :, :-1, :-1]
        return trimmed[0], trimmed[1], trimmed[2]

    def solve(self, polarisation: str, m: int, permittivity: Sequence[float], radial_orders: int) -> tuple[Array, Array]:
        """Lowest wavenumbers and their profiles.

        Parameters
        ----------
        polarisation : {"TM", "TE"}
        m : int
            Azimuthal order.
        permittivity : sequence of float
            Of each region.
        radial_orders : int
            How many.

        Returns
        -------
        k_per_um : (radial_orders,) array
        vectors : (size, radial_orders) array
        """
        grad, centrifugal, mass = self._by_region
        eps = np.asarray(permittivity, dtype=float)
        if polarisation == "TM":
            a, b = (grad + m**2 * centrifugal).sum(axis=0), np.tensordot(eps, mass, 1)
        else:
            a, b = np.tensordot(1 / eps, grad + m**2 * centrifugal, 1), mass.sum(axis=0)
        last = min(radial_orders, a.shape[0]) - 1
        values, vectors = linalg.eigh(a, b, subset_by_index=(0, last))
        return np.sqrt(values), vectors

    def profile(self, vector: Array, points: int = 12) -> tuple[Array, Array]:
        """Radii and values of a solution on an even grid in each element."""
        x = np.linspace(-1.0, 1.0, points, endpoint=False)
        shape = nodal_values(self.order, x)
        padded = np.append(vector, 0.0)
        numbers = self.line.nodal_numbers()
        edges = np.asarray(self.breaks_um)
        radii = [0.5 * (edges[e + 1] + edges[e]) + 0.5 * (edges[e + 1] - edges[e]) * x for e in range(len(self.regions))]
        values = [padded[numbers[e]] @ shape for e in range(len(self.regions))]
        return np.concatenate(radii), np.concatenate(values)
