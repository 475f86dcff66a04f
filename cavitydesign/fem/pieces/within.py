"""Points of elements that something cuts: a caustic, a face of an absorbing layer.

Energies are counted in the surround up to the radius r = m / (k n), where waves begin to run
outwards, and nowhere in an absorbing layer. An element that such a bound cuts is integrated on the
part inside. A rule over the whole element that leaves out the points beyond errs by a share of a
point: forty points a side were up to 6e-6 of a mode's energy off.

Where a layer begins, what is integrated is smooth on either side only, and a rule over the whole
element errs by 1/n^3: it is integrated side by side.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...arrays import Array, BoolArray, IntArray
from ...mesh.section import SectionMesh
from ..legendre import gauss
from ..stretch import BoxStretch

# Even points of a line across an element, between which it crosses the bound once at most: lines of
# an element are straight or parts of circles, which turn once.
_LOOKED_AT = 17
# Of the size of a line, within which a point lies at a bound: what is left holds no energy. Where
# an element is straight one chord leads there.
_AT_BOUND = 1e-13
_MOST_STEPS = 60  # halvings alone would reach a bound in 44: 2^-44 is 6e-14
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

    def divided(self, most: int) -> Iterator[PointsWithin]:
        """So many of the points at a time."""
        for start in range(0, self.element.size, most):
            yield self.chosen(slice(start, start + most))

    def chosen(self, kept: BoolArray | slice) -> PointsWithin:
        """Some of the points."""
        return PointsWithin(self.element[kept], self.s[kept], self.t[kept], self.weight[kept])


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

    @classmethod
    def faces_of(cls, elements: int, box: BoxStretch) -> tuple[Bounds, ...]:
        """Each face of a box alone, which runs on where the box does not."""
        nowhere = np.full(elements, math.inf)
        return (
            cls(np.full(elements, box.r_um), -math.inf, math.inf),
            cls(nowhere, box.low_um, math.inf),
            cls(nowhere, -math.inf, box.high_um),
        )

    def chosen(self, elements: IntArray) -> Bounds:
        """Bounds of some elements only."""
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
    return _points(_Lines(mesh, elements, (bounds.chosen(elements),)), count, True)


def points_by_piece(
    mesh: SectionMesh, elements: IntArray, faces: Sequence[Bounds], count: int
) -> PointsWithin:
    """Gauss points of all pieces into which bounds cut some elements; see `points_within`."""
    chosen = tuple(face.chosen(elements) for face in faces)
    return _points(_Lines(mesh, elements, chosen), count, False)


def _points(lines: _Lines, count: int, inside: bool) -> PointsWithin:
    """Points of all pieces, or of those inside all bounds."""
    x, w = gauss(count)
    which, along, length = lines.strips()
    row = np.repeat(which, count)
    v = (along[:, None] + 0.5 * length[:, None] * (x + 1.0)).ravel()
    of_row = (0.5 * length[:, None] * w).ravel()
    piece, start, end = lines.pieces(row, v, inside)
    u = start[:, None] + 0.5 * (end - start)[:, None] * (x + 1.0)
    weight = of_row[piece][:, None] * 0.5 * (end - start)[:, None] * w
    number = np.repeat(row[piece], count)
    s, t = lines.coordinates(number, u.ravel(), np.repeat(v[piece], count))
    return PointsWithin(lines.elements[number], s, t, weight.ravel())


@dataclass(frozen=True, eq=False)
class _Lines:
    """Elements by lines along the coordinate u in which the radius changes most; v numbers them."""

    mesh: SectionMesh
    elements: IntArray
    bounds: tuple[Bounds, ...]

    def coordinates(self, number: IntArray, u: Array, v: Array) -> tuple[Array, Array]:
        """s and t at u and v of the elements of the given numbers."""
        along_s = self._along_s[number]
        return np.where(along_s, u, v), np.where(along_s, v, u)

    @cached_property
    def _along_s(self) -> BoolArray:
        zero = np.zeros(self.elements.size)
        _, _, r_s, _, r_t, _ = self.mesh.positions_at(self.elements, zero, zero)
        return np.asarray(np.abs(r_s) >= np.abs(r_t))

    def strips(self) -> tuple[IntArray, Array, Array]:
        """Numbers, starts and lengths of the intervals of v in which no bound leaves an
        element.
        """
        numbers = np.arange(self.elements.size)
        cuts = [(numbers, np.full(numbers.size, -1.0)), (numbers, np.full(numbers.size, 1.0))]
        for side in (-1.0, 1.0):
            for lines in self._along(numbers, False, np.full(numbers.size, side)):
                cuts.append(lines.crossings())
        number = np.concatenate([one for one, _ in cuts])
        bound = np.concatenate([one for _, one in cuts])
        return _intervals(number, bound)

    def pieces(self, row: IntArray, v: Array, inside: bool) -> tuple[IntArray, Array, Array]:
        """Rows, starts and ends of the intervals of u, all or those inside the bounds, of lines at
        `v` of the elements `row`.
        """
        rows = np.arange(row.size)
        cuts = [(rows, np.full(rows.size, -1.0)), (rows, np.full(rows.size, 1.0))]
        curves = self._along(row, True, v)
        cuts += [lines.crossings() for lines in curves]
        number = np.concatenate([one for one, _ in cuts])
        piece, start, length = _intervals(number, np.concatenate([one for _, one in cuts]))
        kept = np.ones(piece.size, dtype=bool)
        for lines in curves if inside else ():
            kept &= lines.outside(piece, start + 0.5 * length) < 0.0
        return piece[kept], start[kept], (start + length)[kept]

    def _along(self, number: IntArray, along_u: bool, where: Array) -> list[_Curves]:
        """Lines of the elements of the given numbers, for each of the bounds: along u at v =
        `where`, or along v at u = `where`.
        """
        along_s = self._along_s[number] == along_u
        r, z = self.mesh.lines(self.elements[number], along_s, where)
        return [_Curves(r, z, one.r_um[number], one.low_um, one.high_um) for one in self.bounds]


@dataclass(frozen=True)
class _Curves:
    """Lines across elements, by the Legendre coefficients of r and z, with their bounds."""

    r: Array
    z: Array
    radius_um: Array
    low_um: float
    high_um: float

    def outside(self, line: IntArray, x: Array) -> Array:
        """How far beyond the bounds points x of lines are, um; negative inside."""
        powers = np.polynomial.legendre.legvander(x, self.r.shape[1] - 1)
        r, z = (powers * self.r[line]).sum(axis=1), (powers * self.z[line]).sum(axis=1)
        of_z = np.maximum(z - self.high_um, self.low_um - z)
        return np.asarray(np.maximum(r - self.radius_um[line], of_z))

    def crossings(self) -> tuple[IntArray, Array]:
        """Where lines cross a bound: numbers and positions."""
        grid = np.linspace(-1.0, 1.0, _LOOKED_AT)
        powers = np.polynomial.legendre.legvander(grid, self.r.shape[1] - 1)
        r, z = self.r @ powers.T, self.z @ powers.T
        of_z = np.maximum(z - self.high_um, self.low_um - z)
        beyond = np.maximum(r - self.radius_um[:, None], of_z)
        found, cell = np.nonzero((beyond[:, :-1] < 0.0) != (beyond[:, 1:] < 0.0))
        ends = np.stack([grid[cell], grid[cell + 1]])
        values = np.stack([beyond[found, cell], beyond[found, cell + 1]])
        return found, self._roots(found, ends, values)

    def _roots(self, line: IntArray, ends: Array, values: Array) -> Array:
        """Zeros of `outside` between two ends, where it has other signs (the Illinois rule: the
        chord's zero, where an end that stays counts half of its value).
        """
        (low, high), (of_low, of_high) = ends.copy(), values.copy()
        x, side = 0.5 * (low + high), np.zeros(line.size)
        near = _AT_BOUND * (abs(self.r).sum(axis=1) + abs(self.z).sum(axis=1))[line]
        for _ in range(_MOST_STEPS):
            fall = of_high - of_low
            x = np.where(fall != 0.0, low - of_low * (high - low) / np.where(fall, fall, 1.0), low)
            x = np.clip(x, low, high)
            value = self.outside(line, x)
            if not (abs(value) > near).any():
                break
            up = (value < 0.0) != (of_low < 0.0)  # the zero lies below x
            of_low = np.where(up, np.where(side > 0, 0.5 * of_low, of_low), value)
            of_high = np.where(up, value, np.where(side < 0, 0.5 * of_high, of_high))
            low, high, side = np.where(up, low, x), np.where(up, x, high), np.where(up, 1.0, -1.0)
        return np.asarray(x)


def _intervals(number: IntArray, bound: Array) -> tuple[IntArray, Array, Array]:
    """Intervals between neighbouring bounds of the same number; those of no length are left out."""
    order = np.lexsort((bound, number))
    number, bound = number[order], bound[order]
    length = np.diff(bound)
    kept = (number[1:] == number[:-1]) & (length > _NOTHING)
    return number[:-1][kept], bound[:-1][kept], length[kept]
