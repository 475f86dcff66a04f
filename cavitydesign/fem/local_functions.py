"""The local functions of the pair (E, psi): which there are, what carries each, and its
orientation.

A function of an edge points from its lower to its higher vertex: on a reversed edge the tangential
function of Legendre degree k changes by (-1)^(k+1), the bubble of degree j by (-1)^j.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..arrays import Array, BoolArray, IntArray
from ..mesh.section import EDGE_CORNERS

# Codes of the three components in `LocalFunctions.kind`, in the order in which functions are
# numbered
E_S, E_T, PSI = 0, 1, 2
# What carries a local function: vertex 0 to 3, edge 4 to 7, the inside.
INSIDE = 8


@dataclass(frozen=True, eq=False)
class LocalFunctions:
    """The functions of one element.

    Attributes
    ----------
    kind : (L,) int array
        E_S, E_T or PSI, in this order.
    i, j : (L,) int arrays
        Index of the factor in s and in t.
    owner : (L,) int array
        What carries the function: vertex 0..3, edge 4..7, inside 8.
    within : (L,) int array
        Index among the owner's functions.
    odd : (L,) bool array
        Whether the function changes sign on a reversed edge.
    """

    kind: IntArray
    i: IntArray
    j: IntArray
    owner: IntArray
    within: IntArray
    odd: BoolArray

    @property
    def vectors(self) -> int:
        """How many are of E_s or E_t; they stand first."""
        return int(np.count_nonzero(self.kind != PSI))


@lru_cache(maxsize=64)
def local_functions(degree: int) -> LocalFunctions:
    """All functions of a quadrilateral, in tensor order: E_s by (i, j), then E_t, then psi."""
    kind, i, j = _tensor_order(degree, degree + 1, degree)
    owners = [_owner(degree, *one) for one in zip(kind, i, j, strict=True)]
    owner, within, odd = np.array(owners, dtype=np.int64).T
    inside = owner == INSIDE
    within[inside] = np.arange(np.count_nonzero(inside))
    return LocalFunctions(kind, i, j, owner, within, odd.astype(bool))


@lru_cache(maxsize=256)
def strip_functions(degree: int, nodal: int, edge: int) -> LocalFunctions:
    """All functions of a strip: polynomials across, others along; the inside carries them."""
    kind, i, j = _tensor_order(degree, nodal, edge)
    return LocalFunctions(
        kind,
        i,
        j,
        np.full(kind.size, INSIDE),
        np.arange(kind.size),
        np.zeros(kind.size, dtype=np.bool_),
    )


def _tensor_order(degree: int, nodal: int, edge: int) -> tuple[IntArray, IntArray, IntArray]:
    """Kind and both indices of the functions of a degree across, and so many along."""
    sizes = ((degree, nodal), (degree + 1, edge), (degree + 1, nodal))
    i, j = (np.concatenate([np.indices(size)[axis].ravel() for size in sizes]) for axis in (0, 1))
    return np.repeat([E_S, E_T, PSI], [a * b for a, b in sizes]), i, j


def _owner(degree: int, kind: int, i: int, j: int) -> tuple[int, int, bool]:
    """Owner of a function, its index there, and whether it is odd along its edge."""
    low_t, high_t, low_s, high_s = 4, 6, 7, 5
    if kind == E_S:
        return (INSIDE, 0, False) if j > 1 else ((low_t, high_t)[j], i, i % 2 == 0)
    if kind == E_T:
        return (INSIDE, 0, False) if i > 1 else ((low_s, high_s)[i], j, j % 2 == 0)
    if i <= 1 and j <= 1:
        return ((0, 3), (1, 2))[i][j], 0, False
    if i > 1 and j > 1:
        return INSIDE, 0, False
    if i > 1:
        return (low_t, high_t)[j], degree + i - 2, i % 2 == 1
    return (low_s, high_s)[i], degree + j - 2, j % 2 == 1


@lru_cache(maxsize=64)
def least_degrees(degree: int) -> IntArray:
    """Lowest degree of an element that has a function, for all functions of a degree."""
    local = local_functions(degree)
    i = np.where(local.kind == E_S, local.i + 1, local.i)
    j = np.where(local.kind == E_T, local.j + 1, local.j)
    return np.maximum(np.maximum(i, j), 1)


@lru_cache(maxsize=64)
def lower_columns(degree: int, highest: int) -> IntArray:
    """Indices of the functions of a degree among those of a higher one."""
    low, high = local_functions(degree), local_functions(highest)
    index = {key: n for n, key in enumerate(zip(high.kind, high.i, high.j, strict=True))}
    return np.array([index[key] for key in zip(low.kind, low.i, low.j, strict=True)])


def orientation(corners: IntArray, local: LocalFunctions) -> Array:
    """Sign of each local function in each element against the global one, shape (n, L).

    Parameters
    ----------
    corners : (4, n) int array
        Vertices of the elements.
    """
    start, end = np.array(EDGE_CORNERS).T
    backwards = np.zeros((corners.shape[1], INSIDE + 1), dtype=bool)
    backwards[:, 4:INSIDE] = (corners[start] > corners[end]).T
    return np.where(backwards[:, local.owner] & local.odd, -1.0, 1.0)
