"""The cavity's equatorial slice (an infinite layered cylinder, kz = 0) in one dimension: seeds, and
the size of the rim layer.

TM (E_z):  int r E'F' + (m^2/r) E F - [r E'F] = k0^2 int eps_z r E F
TE (H_z):  int (1/eps) [ r H'G' + (m^2/r) H G ] - [(r/eps) H'G] = k0^2 int r H G
The terms in brackets stand at the rim, where what lies outside sets the slope of the field. Dense,
a few dozen unknowns; exact for cylinders whose field has decayed at the inner wall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from ...arrays import Array
from ...eigen.dense import lowest_pairs
from ...fem.legendre import Line, gauss, nodal_slopes, nodal_values


@dataclass(frozen=True)
class RadialSlice:
    """Layered radial problem between a closed wall inside and the rim.

    Parameters
    ----------
    breaks_um : tuple of float
        Element boundaries in r; every interface is one of them.
    regions : tuple of int
        Medium of each element, from the axis outwards.
    order : int
        Polynomial degree.
    """

    breaks_um: tuple[float, ...]
    regions: tuple[int, ...]
    order: int = 8

    @property
    def line(self) -> Line:
        """The nodal space, zero at the inner wall; its last unknown is the value at the rim."""
        return Line(self.breaks_um, self.order, False, True)

    @cached_property
    def _elements(self) -> tuple[Array, Array, Array]:
        """Stiffness int r E'F', int EF/r and mass int r EF of each element, shape (elements,
        n, n).
        """
        x, w = gauss(self.line.points_per_element)
        values, slopes = _products(self.order, self.line.points_per_element)
        edges = np.asarray(self.breaks_um)
        half = 0.5 * np.diff(edges)[:, None]
        r = 0.5 * (edges[1:] + edges[:-1])[:, None] + half * x
        shape = (-1, self.order + 1, self.order + 1)
        parts = ((w * r / half) @ slopes, (w * half / r) @ values, (w * half * r) @ values)
        return parts[0].reshape(shape), parts[1].reshape(shape), parts[2].reshape(shape)

    def _summed(self, blocks: Array) -> Array:
        """The matrix of the line from those of its elements."""
        numbers = self.line.nodal_numbers()
        size = self.line.nodal_size
        # the last row and column take what the wall drops; the rim's value goes before them
        out = np.zeros((size + 1, size + 1))
        for here, block in zip(numbers, blocks, strict=True):
            out[here[:, None], here] += block
        return out[:-1, :-1]

    def solve(
        self,
        polarisation: str,
        m: float,
        permittivity: Sequence[float],
        radial_orders: int,
        rim_flux: float,
    ) -> tuple[Array, Array]:
        """Lowest wavenumbers and their profiles.

        Parameters
        ----------
        polarisation : {"TM", "TE"}
        m : float
            Azimuthal order; a slice that stands for a bottle has a fraction more.
        permittivity : sequence of float
            Of each region.
        radial_orders : int
            How many.
        rim_flux : float
            E'/E at the rim, or (1/eps) H'/H, in um^-1.

        Returns
        -------
        k_per_um : (radial_orders,) array
        vectors : (size, radial_orders) array
            Scaled to a mass of 1; the last row holds the values at the rim.
        """
        grad, centrifugal, mass = self._elements
        eps = np.asarray(permittivity, dtype=float)[list(self.regions), None, None]
        stiffness = grad + m**2 * centrifugal
        if polarisation == "TM":
            a, b = self._summed(stiffness), self._summed(eps * mass)
        else:
            a, b = self._summed(stiffness / eps), self._summed(mass)
        a[-1, -1] -= self.breaks_um[-1] * rim_flux
        values, vectors = lowest_pairs(a, b, min(radial_orders, a.shape[0]))
        # What has no real wavenumber is held by no wall here: not-a-number, for the caller to tell.
        return np.sqrt(np.where(values > 0.0, values, np.nan)), vectors

    def profile(self, vector: Array, points: int = 12) -> tuple[Array, Array]:
        """Radii and values of a solution on an even grid in each element."""
        x = np.linspace(-1.0, 1.0, points, endpoint=False)
        shape = nodal_values(self.order, x)
        padded = np.append(vector, 0.0)
        numbers = self.line.nodal_numbers()
        edges = np.asarray(self.breaks_um)
        radii = [
            0.5 * (edges[e + 1] + edges[e]) + 0.5 * (edges[e + 1] - edges[e]) * x
            for e in range(len(self.regions))
        ]
        values = [padded[numbers[e]] @ shape for e in range(len(self.regions))]
        return np.concatenate(radii), np.concatenate(values)


@lru_cache(maxsize=16)
def _products(order: int, points: int) -> tuple[Array, Array]:
    """Products of nodal functions, and of their slopes, at the Gauss points; shape (points, n
    * n).
    """
    x, _ = gauss(points)
    values, slopes = nodal_values(order, x), nodal_slopes(order, x)
    out = [
        (table[:, None, :] * table[None, :, :]).reshape(-1, points).T for table in (values, slopes)
    ]
    return np.ascontiguousarray(out[0]), np.ascontiguousarray(out[1])
