"""Quadrature within the caustic and the absorbing layers: points of the elements that one of them
cuts, on its inner side alone.

Energies are counted in the surround up to the radius r = m / (k n), where waves begin to run
outwards, and nowhere in an absorbing layer. An element that such a bound cuts is integrated on the
part inside. A rule over the whole element that leaves out the points beyond errs by a share of a
point: forty points a side were up to 6e-6 of a mode's energy off.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ....arrays import Array, BoolArray, IntArray
from ....fem.legendre import gauss
from ....fem.stretch import BoxStretch
from ....mesh.section import SectionMesh

# Even points of a line across an element, between which it crosses the bound once at most: lines of
# an element are straight or parts of circles, which turn once.
_LOOKED_AT = 17
_HALVINGS = 50  # of an interval of 1/8: to 1e-16
_NOTHING = 1e-12  # of an element's side: a shorter piece holds no energy


@dataclass(frozen=True)
class PointsWithin:
    """Points and weights; the weights do not hold the determinant of the map.

    Attributes
    ----------
    element : (p,) array of int
    s, t : (p,) arrays
        From -1 to 1.
    weight : (p,) array
        Of ds dt.
    """

    element: IntArray
    s: Array
    t: Array
    weight: Array


@dataclass(frozen=True)
class Bounds:
    """What is counted of each of some elements.

    Attributes
    ----------
    r_um : (n,) array
        Largest radius, of each element of the mesh, or of those chosen.
    low_um, high_um : float
        Lowest and highest z.
    """

    r_um: Array
    low_um: float
    high_um: float

    @classmethod
    def of(cls, r_um: Array, box: BoxStretch | None) -> Bounds:
        """Radii by element, and the faces of a box where there is one."""
        if box is None:
            return cls(r_um, -math.inf, math.inf)
        return cls(np.minimum(r_um, box.r_um), box.low_um, box.high_um)

    def chosen(self, elements: IntArray) -> Bounds:
        """Those of some elements."""
        return Bounds(self.r_um[elements], self.low_um, self.high_um)

    def divided(self, mesh: SectionMesh, elements: IntArray) -> tuple[IntArray, IntArray]:
        """Of some elements, those that lie inside, and those that a bound cuts."""
        nodes = mesh.nodes[elements]
        (low_r, low_z), (high_r, high_z) = nodes.min(axis=(1, 2)).T, nodes.max(axis=(1, 2)).T
        radius = self.r_um[elements]
        within = (high_r <= radius) & (low_z >= self.low_um) & (high_z <= self.high_um)
        reached = (low_r < radius) & (low_z < self.high_um) & (high_z > self.low_um)
        return elements[within], elements[reached & ~within]


def points_within(
    mesh: SectionMesh, elements: IntArray, bounds: Bounds, count: int
) -> PointsWithin:
    """Gauss points of some elements inside their bounds.

    Each element is cut into lines, and the lines where they cross a bound. The numbering of the
    lines is cut where a bound leaves the element, so that every piece is smooth.

    Parameters
    ----------
    mesh : SectionMesh
    elements : (n,) array of int
    bounds : Bounds
        Of all elements of the mesh.
    count : int
        Points of a rule in each direction.
    """
    lines = _Lines(mesh, elements, bounds.chosen(elements))
    x, w = gauss(count)
    which, along, length = lines.strips()
    row = np.repeat(which, count)
    v = (along[:, None] + 0.5 * length[:, None] * (x + 1.0)).ravel()
    of_row = (0.5 * length[:, None] * w).ravel()
    piece, start, end = lines.pieces(row, v)
    u = start[:, None] + 0.5 * (end - start)[:, None] * (x + 1.0)
    weight = of_row[piece][:, None] * 0.5 * (end - start)[:, None] * w
    number = np.repeat(row[piece], count)
    s, t = lines.coordinates(number, u.ravel(), np.repeat(v[piece], count))
    return PointsWithin(elements[number], s, t, weight.ravel())


# Element, u and v of points on numbered lines.
Line = Callable[[IntArray, Array], tuple[IntArray, Array, Array]]


def _at_side(u: float) -> Line:
    """The side of each element at u."""
    return lambda number, v: (number, np.full_like(v, u), v)


@dataclass(frozen=True, eq=False)
class _Lines:
    """Elements by lines along the coordinate u in which the radius changes most; v numbers them."""

    mesh: SectionMesh
    elements: IntArray
    bounds: Bounds

    def coordinates(self, number: IntArray, u: Array, v: Array) -> tuple[Array, Array]:
        """s and t at u and v of the elements of the given numbers."""
        along_s = self._along_s[number]
        return np.where(along_s, u, v), np.where(along_s, v, u)

    @cached_property
    def _along_s(self) -> BoolArray:
        zero = np.zeros(self.elements.size)
        _, _, r_s, _, r_t, _ = self.mesh.positions_at(self.elements, zero, zero)
        return np.asarray(np.abs(r_s) >= np.abs(r_t))

    def outside(self, number: IntArray, u: Array, v: Array) -> Array:
        """How far beyond the bounds, um; negative inside."""
        s, t = self.coordinates(number, u, v)
        r, z, *_ = self.mesh.positions_at(self.elements[number], s, t)
        of_z = np.maximum(z - self.bounds.high_um, self.bounds.low_um - z)
        return np.maximum(r - self.bounds.r_um[number], of_z)

    def strips(self) -> tuple[IntArray, Array, Array]:
        """Numbers, starts and lengths of the intervals of v in which no bound leaves an
        element.
        """
        numbers = np.arange(self.elements.size)
        cuts = [(numbers, np.full(numbers.size, -1.0)), (numbers, np.full(numbers.size, 1.0))]
        for side in (-1.0, 1.0):
            cuts.append(self._crossings(numbers, _at_side(side)))
        number = np.concatenate([one for one, _ in cuts])
        bound = np.concatenate([one for _, one in cuts])
        return _intervals(number, bound)

    def pieces(self, row: IntArray, v: Array) -> tuple[IntArray, Array, Array]:
        """Rows, starts and ends of the intervals of u inside the bounds, of lines at `v` of the
        elements `row`.
        """
        rows = np.arange(row.size)
        cuts = [(rows, np.full(rows.size, -1.0)), (rows, np.full(rows.size, 1.0))]
        cuts.append(self._crossings(rows, lambda n, u: (row[n], u, v[n])))
        number = np.concatenate([one for one, _ in cuts])
        piece, start, length = _intervals(number, np.concatenate([one for _, one in cuts]))
        middle = self.outside(row[piece], start + 0.5 * length, v[piece])
        kept = middle < 0.0
        return piece[kept], start[kept], (start + length)[kept]

    def _crossings(self, numbers: IntArray, line: Line) -> tuple[IntArray, Array]:
        """Where lines from -1 to 1 cross a bound: numbers and positions."""
        grid = np.linspace(-1.0, 1.0, _LOOKED_AT)
        each = np.repeat(numbers, grid.size)
        beyond = self.outside(*line(each, np.tile(grid, numbers.size)))
        beyond = beyond.reshape(numbers.size, grid.size)
        found, cell = np.nonzero((beyond[:, :-1] < 0.0) != (beyond[:, 1:] < 0.0))
        number, low, high = numbers[found], grid[cell], grid[cell + 1]
        rising = beyond[found, cell] < 0.0
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            before = (self.outside(*line(number, middle)) < 0.0) == rising
            low, high = np.where(before, middle, low), np.where(before, high, middle)
        return number, 0.5 * (low + high)


def _intervals(number: IntArray, bound: Array) -> tuple[IntArray, Array, Array]:
    """Intervals between neighbouring bounds of the same number; those of no length are left out."""
    order = np.lexsort((bound, number))
    number, bound = number[order], bound[order]
    length = np.diff(bound)
    kept = (number[1:] == number[:-1]) & (length > _NOTHING)
    return number[:-1][kept], bound[:-1][kept], length[kept]
