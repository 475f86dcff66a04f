"""H(curl) x H1 on curved quadrilaterals of any order: local functions, numbering with orientation, sparsity pattern.

The same functions as on the windows (fem/legendre.py): E_s in edge(s) x nodal(t), E_t in nodal(s) x edge(t), psi in
nodal(s) x nodal(t). Those on an edge point from its lower to its higher vertex: on a reversed edge the tangential function of
Legendre degree k changes by (-1)^(k+1), the bubble of degree j by (-1)^j. Hierarchical, so lower orders are subspaces.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from ..mesh.section import BoolArray, IntArray, SectionMesh

E_S, E_T, PSI = 0, 1, 2


@dataclass(frozen=True)
class LocalFunctions:
    """The functions of one element of an order.

    Attributes
    ----------
    kind : (L,) int array
        E_S, E_T or PSI, in this order.
    i, j : (L,) int arrays
        Index of the factor in s and in t.
    owner : (L,) int array
        What carries the function: vertex 0..3, edge 4..7, interior 8.
    within : (L,) int array
        Place among the owner's functions.
    odd : (L,) bool array
        Whether the function changes sign on a reversed edge.
    """

    kind: IntArray
    i: IntArray
    j: IntArray
    owner: IntArray
    within: IntArray
    odd: BoolArray


@lru_cache(maxsize=16)
def local_functions(order: int) -> LocalFunctions:
    """All functions of an element of an order, in tensor order: E_s by (k, b), E_t by (a, k), psi by (a, b)."""
    rows = [(E_S, k, b) for k in range(order) for b in range(order + 1)]
    rows += [(E_T, a, k) for a in range(order + 1) for k in range(order)]
    rows += [(PSI, a, b) for a in range(order + 1) for b in range(order + 1)]
    inside = 0
    table = []
    for kind, i, j in rows:
        owner, within, odd = _owner(order, kind, i, j)
        if owner == 8:
            within, inside = inside, inside + 1
        table.append((kind, i, j, owner, within, odd))
    kind, i, j, owner, within, odd = np.array(table, dtype=np.int64).T
    return LocalFunctions(kind, i, j, owner, within, odd.astype(bool))


def _owner(order: int, kind: int, i: int, j: int) -> tuple[int, int, bool]:
    """Owner of a function, its place there, and whether it is odd along its edge."""
    low_t, high_t, low_s, high_s = 4, 6, 7, 5
    if kind == E_S:
        return (8, 0, False) if j > 1 else ((low_t, high_t)[j], i, i % 2 == 0)
    if kind == E_T:
        return (8, 0, False) if i > 1 else ((low_s, high_s)[i], j, j % 2 == 0)
    if i <= 1 and j <= 1:
        return ((0, 3), (1, 2))[i][j], 0, False
    if i > 1 and j > 1:
        return 8, 0, False
    if i > 1:
        return (low_t, high_t)[j], order + i - 2, i % 2 == 1
    return (low_s, high_s)[i], order + j - 2, j % 2 == 1


@dataclass(frozen=True)
class Pattern:
    """Compressed sparse rows, and the place of each element's matrix in the data.

    Attributes
    ----------
    indptr, indices : int arrays
    slot : (n, L, L) int32 array
        Place of each pair of local functions; the number of stored values where a wall removed one.
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    slot: NDArray[np.int32] = field(repr=False)

    @property
    def nnz(self) -> int:
        """Stored values."""
        return int(self.indices.size)


@dataclass(frozen=True, eq=False)
class QuadSpace:
    """H(curl) x H1 of one order on a section mesh.

    Parameters
    ----------
    mesh : SectionMesh
    order : int
        Polynomial order, 1 and above.
    electric : (edges,) bool array
        Edges where the tangential field vanishes (electric walls, and the axis for m > 0).
    """

    mesh: SectionMesh
    order: int
    electric: BoolArray

    @cached_property
    def _counts(self) -> IntArray:
        """Unknowns of each vertex, edge and interior."""
        mesh, p = self.mesh, self.order
        vertex = np.ones(mesh.vertices, dtype=np.int64)
        vertex[mesh.edges[self.electric]] = 0
        edge = np.where(self.electric, 0, 2 * p - 1)
        interior = np.full(mesh.elements, 2 * p * (p - 1) + (p - 1) ** 2)
        return np.concatenate([vertex, edge, interior])

    @cached_property
    def _first(self) -> IntArray:
        return np.concatenate([[0], np.cumsum(self._counts)])

    @property
    def size(self) -> int:
        """All unknowns."""
        return int(self._first[-1])

    @cached_property
    def _entities(self) -> IntArray:
        """Vertices, edges and interior of each element in one numbering, shape (n, 9)."""
        mesh = self.mesh
        interior = mesh.vertices + mesh.edges.shape[0] + np.arange(mesh.elements)
        return np.concatenate([mesh.corners, mesh.vertices + mesh.element_edges, interior[:, None]], axis=1)

    @cached_property
    def numbers(self) -> IntArray:
        """Unknown of each local function, -1 where a wall removed it, shape (n, L)."""
        local = local_functions(self.order)
        entity = self._entities[:, local.owner]
        return np.where(self._counts[entity] > 0, self._first[entity] + local.within, -1)

    @cached_property
    def signs(self) -> NDArray[np.float64]:
        """Sign of each local function against the global one, shape (n, L)."""
        local = local_functions(self.order)
        backwards = np.zeros((self.mesh.elements, 9), dtype=bool)
        backwards[:, 4:8] = self.mesh.reversed_edges
        return np.where(backwards[:, local.owner] & local.odd, -1.0, 1.0)

    @cached_property
    def pattern(self) -> Pattern:
        """Sparsity pattern shared by every matrix on this space; entities couple as blocks."""
        local = local_functions(self.order)
        entities, counts = self._entities, self._counts
        total = counts.size
        key = (entities[:, :, None] * total + entities[:, None, :]).ravel()
        unique, inverse = np.unique(key, return_inverse=True)
        row, width = unique // total, counts[unique % total]
        before = np.cumsum(width) - width
        length = np.bincount(row, weights=width, minlength=total).astype(np.int64)
        start = np.concatenate([[0], np.cumsum(length)[:-1]])
        offset = (before - start[row])[inverse].reshape(-1, 9, 9)
        indptr = np.concatenate([[0], np.cumsum(np.repeat(length, counts))])
        numbers = self.numbers
        place = indptr[np.maximum(numbers, 0)][:, :, None] + local.within
        place += offset[:, local.owner[:, None], local.owner]
        nnz = int(indptr[-1])
        place[(numbers < 0)[:, :, None] | (numbers < 0)[:, None, :]] = nnz
        indices = np.empty(nnz + 1, dtype=np.int32)
        indices[place] = np.broadcast_to(numbers[:, None, :], place.shape)
        return Pattern(indptr.astype(np.int32), indices[:-1], place.astype(np.int32))

    def lowered(self, order: int) -> QuadSpace:
        """The space of a lower order on the same mesh."""
        return QuadSpace(self.mesh, order, self.electric)

    def numbers_of(self, low: QuadSpace) -> IntArray:
        """Numbers in this space of the unknowns of a lower order, or with more walls, on the same mesh."""
        here, there = local_functions(self.order), local_functions(low.order)
        place = {key: n for n, key in enumerate(zip(here.kind.tolist(), here.i.tolist(), here.j.tolist(), strict=True))}
        columns = [place[key] for key in zip(there.kind.tolist(), there.i.tolist(), there.j.tolist(), strict=True)]
        out = np.empty(low.size, dtype=np.int64)
        good = low.numbers >= 0
        out[low.numbers[good]] = self.numbers[:, columns][good]
        return out


def section_space(mesh: SectionMesh, order: int, magnetic: tuple[str, ...] = ()) -> QuadSpace:
    """The space of a section: electric walls all around and on the axis, but on the tagged curves named.

    Parameters
    ----------
    magnetic : tuple of str
        Tags of boundary curves that are magnetic walls (natural: nothing is removed).
    """
    electric = np.zeros(mesh.edges.shape[0], dtype=bool)
    electric[mesh.outer_edges] = True
    known = [name for name in magnetic if name in mesh.boundary]
    electric[mesh.tagged_edges(known)] = False
    return QuadSpace(mesh, order, electric)
