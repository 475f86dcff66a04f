"""The tensor-product space H(curl) x H1 on a mapped window: numbering, sparsity pattern, and assembly by one-dimensional tables.

Unknowns: covariant components E_s in edge(s) x nodal(t), E_t in nodal(s) x edge(t), and psi in nodal(s) x nodal(t). All global
matrices are sums of Kronecker-patterned blocks; a block's values come out of two small matrix products per row of elements,
already assembled, and are copied to their fixed places in one sparsity pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .legendre import Array, Line, gauss, legendre_values, nodal_slopes, nodal_values

IntArray = NDArray[np.int64]
KINDS = ("N", "L", "D")


@dataclass(frozen=True)
class Pairs:
    """Couplings of two one-dimensional spaces: sorted by row, then column.

    Attributes
    ----------
    row, column : (n,) int arrays
        Unknowns of each coupling.
    start, length : (rows,) int arrays
        First coupling and number of couplings of each row.
    slot : (elements, a, b) int array
        Coupling of the local functions a, b of each element; n where a wall removed one of them.
    """

    row: IntArray
    column: IntArray
    start: IntArray
    length: IntArray
    slot: IntArray


@lru_cache(maxsize=256)
def pairs(elements: int, order: int, keep: tuple[bool, bool, bool], row_kind: str, column_kind: str) -> Pairs:
    """Couplings of the nodal ("N") or edge ("L") spaces of a line."""
    line = Line(tuple(float(i) for i in range(elements + 1)), order, keep[0], keep[1], keep[2])
    numbers = {"N": line.nodal_numbers(), "L": line.edge_numbers()}
    sizes = {"N": line.nodal_size, "L": line.edge_size}
    rows, columns = numbers[row_kind], numbers[column_kind]
    r = np.broadcast_to(rows[:, :, None], (elements, rows.shape[1], columns.shape[1]))
    c = np.broadcast_to(columns[:, None, :], r.shape)
    good = (r >= 0) & (c >= 0)
    width = sizes[column_kind]
    key = np.where(good, r * width + c, -1)
    unique, inverse = np.unique(key, return_inverse=True)
    inverse = inverse.reshape(key.shape)
    if unique[0] == -1:
        unique = unique[1:]
        slot = np.where(good, inverse - 1, unique.size)
    else:
        slot = inverse
    row, column = unique // width, unique % width
    length = np.bincount(row, minlength=sizes[row_kind])
    start = np.concatenate([[0], np.cumsum(length)[:-1]])
    return Pairs(row, column, start, length, slot)


@dataclass(frozen=True)
class TensorSpace:
    """H(curl) x H1 of one order on a window with coordinates s (outwards) and t (along the outline).

    Parameters
    ----------
    s, t : Line
        The two one-dimensional spaces.
    """

    s: Line
    t: Line

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Unknowns of E_s, E_t and psi."""
        s, t = self.s, self.t
        return s.edge_size * t.nodal_size, s.nodal_size * t.edge_size, s.nodal_size * t.nodal_size

    @property
    def size(self) -> int:
        """All unknowns."""
        return sum(self.sizes)

    @property
    def points(self) -> tuple[Array, Array]:
        """Quadrature positions in s and t, flat, element by element."""
        return self.s.quadrature[0].ravel(), self.t.quadrature[0].ravel()

    @cached_property
    def pattern(self) -> Pattern:
        """Sparsity pattern shared by every matrix on this space."""
        s, t = self.s, self.t
        return pattern(
            s.elements, s.order, (s.keep_start, s.keep_end, s.periodic), t.elements, t.order, (t.keep_start, t.keep_end, t.periodic)
        )

    def block(self, weight: NDArray[Any], row: tuple[str, str], column: tuple[str, str]) -> NDArray[Any]:
        """Values of one block: integral of weight * row function * column function on the reference squares.

        Parameters
        ----------
        weight : (Qs, Qt) array
            Values at the quadrature points, quadrature weights included.
        row, column : tuple of str
            Kinds of the factors in s and t: "N" nodal, "D" derivative of nodal, "L" edge.

        Returns
        -------
        (pairs in s, pairs in t) array
        """
        along = _contract(self.t, weight.T, row[1], column[1])
        return _contract(self.s, np.ascontiguousarray(along.T), row[0], column[0])


def _table(kind: str, order: int, points: int) -> Array:
    x, _ = gauss(points)
    if kind == "L":
        return legendre_values(order, x)
    return nodal_values(order, x) if kind == "N" else nodal_slopes(order, x)


@lru_cache(maxsize=256)
def _products(row_kind: str, column_kind: str, order: int, points: int) -> Array:
    """Products of local functions at the Gauss points, shape (a * b, points)."""
    a, b = _table(row_kind, order, points), _table(column_kind, order, points)
    return np.ascontiguousarray((a[:, None, :] * b[None, :, :]).reshape(-1, points))


def _contract(line: Line, values: NDArray[Any], row_kind: str, column_kind: str) -> NDArray[Any]:
    """Integrate (Q, k) values against all couplings of a line; shape (couplings, k)."""
    space = pairs(
        line.elements,
        line.order,
        (line.keep_start, line.keep_end, line.periodic),
        "L" if row_kind == "L" else "N",
        "L" if column_kind == "L" else "N",
    )
    products = _products(row_kind, column_kind, line.order, line.points_per_element)
    batched = np.matmul(products, values.reshape(line.elements, line.points_per_element, -1))
    out = np.zeros((space.row.size + 1, batched.shape[2]), dtype=batched.dtype)
    for element in range(line.elements):  # within one element no coupling occurs twice, unless periodic on one element
        slots = space.slot[element].ravel()
        if line.periodic and line.elements == 1:
            np.add.at(out, slots, batched[element])
        else:
            out[slots] += batched[element]
    return out[:-1]


@dataclass(frozen=True)
class Pattern:
    """Compressed sparse rows of the three-by-three block pattern, and where each block's values go.

    Attributes
    ----------
    indptr, indices : int arrays
        The pattern; symmetric, so rows are columns.
    place : dict of (row field, column field) to (pairs in s, pairs in t) int arrays
        Position of a block's values in the data; fields are "s", "t", "psi".
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    place: dict[tuple[str, str], NDArray[np.int32]]

    @property
    def nnz(self) -> int:
        """Stored values."""
        return int(self.indices.size)


FIELD_KINDS = {"s": ("L", "N"), "t": ("N", "L"), "psi": ("N", "N")}


@lru_cache(maxsize=8)
def pattern(ns: int, ps: int, keep_s: tuple[bool, bool, bool], nt: int, pt: int, keep_t: tuple[bool, bool, bool]) -> Pattern:
    """The pattern of a tensor space of the given numbers of elements, orders and walls."""
    names = ("s", "t", "psi")
    line_s = Line(tuple(map(float, range(ns + 1))), ps, *keep_s)
    line_t = Line(tuple(map(float, range(nt + 1))), pt, *keep_t)
    size_s = {"N": line_s.nodal_size, "L": line_s.edge_size}
    size_t = {"N": line_t.nodal_size, "L": line_t.edge_size}
    offset, total = {}, 0
    for name in names:
        offset[name] = total
        total += size_s[FIELD_KINDS[name][0]] * size_t[FIELD_KINDS[name][1]]
    lengths = np.zeros(total, dtype=np.int64)
    blocks: dict[tuple[str, str], tuple[Pairs, Pairs]] = {}
    before: dict[tuple[str, str], IntArray] = {}
    for name in names:
        kinds = FIELD_KINDS[name]
        shape = (size_s[kinds[0]], size_t[kinds[1]])
        run = np.zeros(shape, dtype=np.int64)
        for other in names:
            others = FIELD_KINDS[other]
            in_s, in_t = pairs(ns, ps, keep_s, kinds[0], others[0]), pairs(nt, pt, keep_t, kinds[1], others[1])
            blocks[name, other] = (in_s, in_t)
            before[name, other] = run.copy()
            run += in_s.length[:, None] * in_t.length[None, :]
        lengths[offset[name] : offset[name] + run.size] = run.ravel()
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    indices = np.empty(int(indptr[-1]), dtype=np.int32)
    place: dict[tuple[str, str], NDArray[np.int32]] = {}
    for (name, other), (in_s, in_t) in blocks.items():
        width = size_t[FIELD_KINDS[name][1]]
        first = (indptr[offset[name] : offset[name] + before[name, other].size].reshape(-1, width) + before[name, other])[
            in_s.row[:, None], in_t.row[None, :]
        ]
        within_s = (np.arange(in_s.row.size) - in_s.start[in_s.row])[:, None]
        within_t = (np.arange(in_t.row.size) - in_t.start[in_t.row])[None, :]
        spot = (first + within_s * in_t.length[in_t.row][None, :] + within_t).astype(np.int32)
        place[name, other] = spot
        columns = size_t[FIELD_KINDS[other][1]]
        indices[spot] = offset[other] + in_s.column[:, None] * columns + in_t.column[None, :]
    return Pattern(indptr.astype(np.int32), indices, place)
