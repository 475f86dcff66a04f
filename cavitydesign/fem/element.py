"""The pair H(curl) x H1 as a scikit-fem element on quadrilaterals: hierarchical, of any degree.

In each direction of the reference square stand nodal functions N (hats and bubbles), their slopes D
and edge functions L (Legendre polynomials); the local functions are products of two of them:

    E_s in L(s) N(t),    E_t in N(s) L(t),    psi in N(s) N(t).

Slopes of nodal functions are edge functions, so gradients of psi lie in the curl space. Along t the
polynomials may be replaced by other functions with that property: the few axial eigenfunctions of a
window at the rim (fem/axial_basis.py), which run through the whole window. All functions of such a
strip belong to its inside, and the numbering joins neighbours (fem/window_space.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np
from skfem.element import DiscreteField, Element, ElementComposite
from skfem.element.element_h1 import ElementH1
from skfem.element.element_hcurl import ElementHcurl
from skfem.refdom import RefQuad

from ..arrays import Array, IntArray
from ..mesh.section import EDGE_CORNERS
from .legendre import legendre_values, nodal_slopes, nodal_values
from .local_functions import E_S, INSIDE, PSI, LocalFunctions, local_functions, strip_functions


@dataclass(frozen=True, eq=False)
class Factors:
    """Functions of one direction at points, each (points, functions); slopes and edge functions
    refer to the unit interval.
    """

    nodal: Array
    slope: Array
    edge: Array
    _products: dict[tuple[str, str], Array] = field(default_factory=dict, repr=False)

    def products(self, row: str, column: str) -> Array:
        """Products of two kinds of functions, (points, rows * columns)."""
        # A form asks for the same products in every batch.
        if (row, column) not in self._products:
            pairs = getattr(self, row)[:, :, None] * getattr(self, column)[:, None, :]
            self._products[row, column] = pairs.reshape(pairs.shape[0], -1)
        return self._products[row, column]


class Direction(Protocol):
    """The functions of one direction of the reference square."""

    @property
    def nodal_size(self) -> int:
        """Nodal functions."""

    @property
    def edge_size(self) -> int:
        """Edge functions."""

    def factors(self, x: Array) -> Factors:
        """All functions at points of the unit interval."""


@dataclass(frozen=True)
class Polynomials:
    """Integrated Legendre polynomials and Legendre polynomials of a degree."""

    degree: int

    @property
    def nodal_size(self) -> int:
        """Two hats and the bubbles."""
        return self.degree + 1

    @property
    def edge_size(self) -> int:
        """Legendre polynomials."""
        return self.degree

    def factors(self, x: Array) -> Factors:
        """All functions at points of the unit interval."""
        return _polynomials(self.degree, np.asarray(x, dtype=float).tobytes())


@lru_cache(maxsize=256)
def _polynomials(degree: int, points: bytes) -> Factors:
    """The points are a key: nearly all calls are at the same few rules."""
    x = 2.0 * np.frombuffer(points) - 1.0
    nodal, slope = nodal_values(degree, x).T, 2.0 * nodal_slopes(degree, x).T
    return Factors(nodal, slope, 2.0 * legendre_values(degree, x).T)


class _Functions:
    """What both spaces of the pair share: their rows among the local functions, in the order of
    scikit-fem (vertices, edges, inside).
    """

    refdom = RefQuad
    local: LocalFunctions
    directions: tuple[Direction, Direction]
    rows: IntArray

    def _chosen(self, degree: int, along: Direction | None, vector: bool) -> None:
        self.directions = (Polynomials(degree), along or Polynomials(degree))
        self.local = (
            local_functions(degree)
            if along is None
            else strip_functions(degree, along.nodal_size, along.edge_size)
        )
        self.rows, counts = _rows(self.local, vector)
        self.nodal_dofs, self.facet_dofs, self.interior_dofs = counts
        self.maxdeg = 2 * degree

    @property
    def dofnames(self) -> list[str]:
        """One name for all functions."""
        return ["u"] * (self.nodal_dofs + self.facet_dofs + self.interior_dofs)

    @property
    def doflocs(self) -> Array:
        """Where the owner of each function lies: a vertex, the middle of an edge or of the
        square.
        """
        corners = RefQuad.p.T
        middles = [corners[list(facet)].mean(axis=0) for facet in RefQuad.facets]
        return np.array([*corners, *middles, [0.5, 0.5]])[self.local.owner[self.rows]]

    def _factors(self, points: Array, i: int) -> tuple[int, list[tuple[Array, Array, Array]]]:
        """Kind of a function, and its nodal, slope and edge factors in s and in t."""
        if not 0 <= i < self.rows.size:
            Element._index_error()
        row = int(self.rows[i])
        out = []
        for direction, x, index in zip(
            self.directions, points, (self.local.i[row], self.local.j[row]), strict=True
        ):
            tables = direction.factors(np.ravel(x))
            columns = [
                table[:, min(index, table.shape[1] - 1)].reshape(x.shape)
                for table in (tables.nodal, tables.slope, tables.edge)
            ]
            out.append(tuple(columns))
        return int(self.local.kind[row]), out  # type: ignore[return-value]

    def _signs(self, mapping: Any, i: int, elements: Any = None) -> Array:
        """Sign of a function by element."""
        corners = mapping.mesh.t if elements is None else mapping.mesh.t[:, elements]
        row = int(self.rows[i])
        # Even functions of an edge look the same from both of its ends.
        if not self.local.odd[row]:
            return np.ones(corners.shape[1])
        a, b = EDGE_CORNERS[int(self.local.owner[row]) - 4]
        return np.where(corners[a] > corners[b], -1.0, 1.0)


@lru_cache(maxsize=512)
def _rows(local: LocalFunctions, vector: bool) -> tuple[IntArray, tuple[int, int, int]]:
    """Functions of one space of the pair by owner, and how many a vertex, an edge and the inside
    carry.
    """
    chosen = np.flatnonzero((local.kind != PSI) == vector)
    rows = chosen[np.lexsort((local.within[chosen], local.owner[chosen]))]
    nodal, facet, interior = (np.count_nonzero(local.owner[rows] == x) for x in (0, 4, INSIDE))
    return rows, (int(nodal), int(facet), int(interior))


class ElementQuadHcurl(_Functions, ElementHcurl):  # type: ignore[misc]
    """Nedelec's first kind Q_{p-1,p} x Q_{p,p-1}, conforming on any mesh of quadrilaterals.

    Parameters
    ----------
    degree : int
        p from 1; the gradients of `ElementQuadH1(degree)` lie in this space.
    along : Direction, optional
        Functions of t instead of polynomials.
    """

    def __init__(self, degree: int, along: Direction | None = None) -> None:
        self._chosen(degree, along, vector=True)

    def orient(self, mapping: Any, i: int, tind: Any = None) -> Any:
        """Sign of a function by element: from the lower to the higher vertex of its edge."""
        return self._signs(mapping, i, tind)

    def lbasis(self, X: Array, i: int) -> tuple[Array, Array]:
        """Value and curl of a function on the unit square."""
        # E_s is an edge function in s times a nodal one in t, E_t the other way round; the curl is
        # d_s E_t - d_t E_s.
        kind, ((n_s, d_s, l_s), (n_t, d_t, l_t)) = self._factors(X, i)
        nil = np.zeros(X[0].shape)
        if kind == E_S:
            return np.array([l_s * n_t, nil]), -l_s * d_t
        return np.array([nil, n_s * l_t]), d_s * l_t


class ElementQuadH1(_Functions, ElementH1):  # type: ignore[misc]
    """Q_p with vertex, edge and interior functions, conforming on any mesh of quadrilaterals.

    Parameters
    ----------
    degree : int
        p from 1.
    along : Direction, optional
        Functions of t instead of polynomials.
    """

    def __init__(self, degree: int, along: Direction | None = None) -> None:
        self._chosen(degree, along, vector=False)

    def gbasis(self, mapping: Any, X: Array, i: int, tind: Any = None) -> tuple[DiscreteField, ...]:
        """Value and gradient with the sign of the edge."""
        (plain,) = super().gbasis(mapping, X, i, tind)
        sign = self._signs(mapping, i, tind)[:, None]
        return (DiscreteField(value=np.asarray(plain) * sign, grad=plain.grad * sign),)

    def lbasis(self, X: Array, i: int) -> tuple[Array, Array]:
        """Value and gradient of a function on the unit square."""
        _, ((n_s, d_s, _), (n_t, d_t, _)) = self._factors(X, i)
        return n_s * n_t, np.array([d_s * n_t, n_s * d_t])


class ElementMeridian(ElementComposite):  # type: ignore[misc]
    """The pair (E, psi) of a meridian section.

    Parameters
    ----------
    degree : int
        Polynomial degree p of psi, from 1.
    along : Direction, optional
        Functions of t that run through a whole window, instead of polynomials.

    Attributes
    ----------
    local : LocalFunctions
        All functions in tensor order, as element matrices have them.
    rows : (L,) int array
        Index in tensor order of each function in the order of scikit-fem.
    """

    def __init__(self, degree: int, along: Direction | None = None) -> None:
        # `ElementComposite.__init__` walks through all functions for every function: 0.1 s at
        # degree 10. The same attributes come from tables here.
        self.degree = degree
        self.elems = [ElementQuadHcurl(degree, along), ElementQuadH1(degree, along)]
        self.nodal_dofs, self.facet_dofs, self.interior_dofs = (
            sum(getattr(part, name) for part in self.elems)
            for name in ("nodal_dofs", "facet_dofs", "interior_dofs")
        )
        self.edge_dofs = 0
        self.maxdeg = sum(part.maxdeg for part in self.elems)
        self.refdom = RefQuad
        self.local: LocalFunctions = self.elems[0].local
        self.directions: tuple[Direction, Direction] = self.elems[0].directions

    @cached_property
    def _order(self) -> tuple[IntArray, IntArray, IntArray]:
        """Rows, space of the pair and index there, in the order of scikit-fem: by owner, the vector
        functions of an owner first.
        """
        # scikit-fem numbers by owner, the tensor tables by kind: this is the way from one to the
        # other.
        part = np.repeat([0, 1], [one.rows.size for one in self.elems])
        index = np.concatenate([np.arange(one.rows.size) for one in self.elems])
        rows = np.concatenate([one.rows for one in self.elems])
        order = np.argsort(self.local.owner[rows], kind="stable")
        return rows[order], part[order], index[order]

    @property
    def rows(self) -> IntArray:
        """Index in tensor order of each function in the order of scikit-fem."""
        return self._order[0]

    @property
    def dofnames(self) -> list[str]:
        """`E` and `psi`, by vertex, edge and inside."""
        names = []
        for count in ("nodal_dofs", "facet_dofs", "interior_dofs"):
            names += ["E"] * getattr(self.elems[0], count) + ["psi"] * getattr(self.elems[1], count)
        return names

    @property
    def doflocs(self) -> Array:
        """Where the owner of each function lies."""
        return np.array([self.elems[a].doflocs[n] for a, n in zip(*self._order[1:], strict=True)])

    def _deduce_bfun(self, i: int) -> tuple[int, int]:
        """Space of the pair, and index there, of a function."""
        _, part, index = self._order
        return int(part[i]), int(index[i])
