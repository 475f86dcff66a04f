"""Functions along the outline: a few eigenfunctions of the adiabatic axial problem in place of
piecewise polynomials.

A mode is nearly a product of a radial profile and an eigenfunction of a particle in the potential
of the local radius,

    -(1/R) d/dl (R df/dl) + beta^2 [ (R(0)/R)^2 - 1 ] f = E f,     beta = n k,

with l the arc length: the waves of one azimuthal order on the outline turned about the axis. With
beta = m / R(0) those of a sphere are Legendre's functions, and one of them is the whole of a TE
mode. What the other eigenfunctions have of the mode falls by a factor of about m /
3 with each of them: three to six carry a mode to 1e-8 where 18 polynomials are needed
(docs/decisions/0011). The functions are solved on a line of polynomials; with all of them the space
is that of the polynomials. Edge functions are the derivatives of the nodal ones (and, between two
electric walls, the lowest function that these leave out), so the sequence stays exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array
from ..eigen.dense import lowest_pairs
from .element import Factors
from .legendre import Line, LineTables, line_tables


@dataclass(frozen=True, eq=False)
class AxialBasis:
    """A nested basis within the nodal and edge spaces of a line.

    Parameters
    ----------
    line : Line
    nodal, edge : (nodal size of the line, N), (edge size of the line, N or N + 1) arrays or None
        Coefficients of the functions; None: the line's own.
    """

    line: Line
    nodal: Array | None = None
    edge: Array | None = None

    @property
    def nodal_size(self) -> int:
        """Nodal functions."""
        return self.line.nodal_size if self.nodal is None else self.nodal.shape[1]

    @property
    def edge_size(self) -> int:
        """Edge functions."""
        return self.line.edge_size if self.edge is None else self.edge.shape[1]

    @cached_property
    def rule(self) -> tuple[Array, Array]:
        """Points and weights on the unit interval, which stands for the whole line."""
        t, weight, half = (part.ravel() for part in self.line.quadrature)
        start, length = self._extent
        return (t - start) / length, weight * half / length

    @property
    def _extent(self) -> tuple[float, float]:
        return self.line.breaks[0], self.line.breaks[-1] - self.line.breaks[0]

    def factors(self, x: Array) -> Factors:
        """All functions at points of the unit interval, which stands for the whole line."""
        start, length = self._extent
        # The tables at the quadrature points are asked for at every assembly, and are kept.
        at_rule = np.array_equal(x, self.rule[0])
        table = self.at_quadrature if at_rule else self.tables(start + length * x)
        scale = (length / table.half)[:, None]
        return Factors(table.nodal, scale * table.slope, scale * table.edge)

    def tables(self, points: Array) -> LineTables:
        """Values of all functions at points."""
        return self._combined(line_tables(self.line, points))

    @cached_property
    def at_quadrature(self) -> LineTables:
        """Values of all functions at the quadrature points of the line."""
        return self._combined(quadrature_tables(self.line))

    def _combined(self, table: LineTables) -> LineTables:
        if self.nodal is None or self.edge is None:
            return table
        return replace(
            table,
            edge=table.edge @ self.edge,
            nodal=table.nodal @ self.nodal,
            slope=table.slope @ self.nodal,
        )

    def leading(self, count: int) -> AxialBasis:
        """The basis with its first nodal functions only; not for a line's own functions."""
        if self.nodal is None or self.edge is None:
            return self
        # Where the nodal functions vanish at both ends there is one edge function more than slopes
        # of them.
        more = self.edge_size - self.nodal_size
        return AxialBasis(self.line, self.nodal[:, :count], self.edge[:, : count + more])


def axial_eigenfunctions(
    line: Line,
    count: int,
    speed: Callable[[Array], Array],
    potential: Callable[[Array], Array],
    measure: Callable[[Array], Array] = np.ones_like,
) -> AxialBasis:
    """The lowest eigenfunctions of -(1/w) d/dl (w df/dl) + V f on a line.

    Parameters
    ----------
    line : Line
        Polynomials in t, with the walls of the mirror class.
    count : int
        Nodal functions; more than the line has are cut.
    speed : callable
        dl/dt at t.
    potential : callable
        V at t, in um^-2.
    measure : callable
        w at t.
    """
    t, weight, half = (a.ravel() for a in line.quadrature)
    dl, at = speed(t), (potential(t), measure(t))
    table = quadrature_tables(line)
    nodal = _lowest(table, weight, half, dl, at, min(count, line.nodal_size))
    edge = np.sqrt(weight)[:, None] * table.edge
    wanted = table.slope @ nodal
    # Slopes of the functions span all edge functions but one; for that one the ground state of the
    # line with an open end is taken.
    if line.edge_size > line.nodal_size:
        natural = quadrature_tables(replace(line, keep_start=True))
        ground = natural.nodal @ _lowest(natural, weight, half, dl, at, 1)
        wanted = np.concatenate([(half * dl)[:, None] * ground, wanted], axis=1)
    # the polynomials l_i are orthonormal on each element: their coefficients are integrals
    coefficients = edge.T @ (np.sqrt(weight)[:, None] * wanted)
    return AxialBasis(line, nodal / np.linalg.norm(nodal, axis=0), np.linalg.qr(coefficients)[0])


def axial_energies(
    line: Line, count: int, speed: Callable[[Array], Array], potential: Callable[[Array], Array]
) -> Array:
    """The lowest eigenvalues of -d2f/dl2 + V f on a line, in um^-2; parameters as above."""
    t, weight, half = (a.ravel() for a in line.quadrature)
    count = min(count, line.nodal_size)
    at = potential(t), np.ones_like(t)
    return _lowest_pairs(quadrature_tables(line), weight, half, speed(t), at, count)[0]


@lru_cache(maxsize=8)
def quadrature_tables(line: Line) -> LineTables:
    """Values of a line's own functions at its quadrature points."""
    return line_tables(line, line.quadrature[0].ravel())


def _lowest(
    table: LineTables,
    weight: Array,
    half: Array,
    dl: Array,
    at: tuple[Array, Array],
    count: int,
) -> NDArray[np.float64]:
    """Coefficients of the lowest eigenfunctions."""
    return _lowest_pairs(table, weight, half, dl, at, count)[1]


def _lowest_pairs(
    table: LineTables,
    weight: Array,
    half: Array,
    dl: Array,
    at: tuple[Array, Array],
    count: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    # In arc length l: df/dl is the slope over dl, and dl = speed dt.
    potential, measure = at
    weight = weight * measure
    stiffness = (table.slope * (weight / (half * dl))[:, None]).T @ table.slope
    stiffness += (table.nodal * (weight * half * dl * potential)[:, None]).T @ table.nodal
    mass = (table.nodal * (weight * half * dl)[:, None]).T @ table.nodal
    return lowest_pairs(stiffness, mass, count)
