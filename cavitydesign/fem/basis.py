"""A scikit-fem basis on a tensor rule, evaluated and interpolated by factors.

`CellBasis` holds each basis function at each quadrature point: 2 GB for a section of degree 10.
Here they are made on demand (scikit-fem's own assembly asks for them), and everything that this
package does uses the one-dimensional factors of the element (docs/decisions/0005).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from skfem import CellBasis, Dofs, FacetBasis, MeshQuad1
from skfem.element import DiscreteField
from skfem.quadrature import get_quadrature
from skfem.refdom import RefLine

from ..arrays import Array, Values
from .element import ElementMeridian, Factors
from .legendre import LineTables
from .local_functions import orientation
from .mapping import CurvedMapping, determinant, inverse, tensor_lines

Rule = tuple[Array, Array]
Pair = tuple[DiscreteField, DiscreteField]


@lru_cache(maxsize=64)
def line_rule(count: int) -> Rule:
    """Points and weights of scikit-fem's Gauss rule on the unit interval."""
    points, weights = get_quadrature(RefLine, 2 * count - 1)
    return points[0], weights


def tensor_rule(across: Rule, along: Rule) -> Rule:
    """A rule on the unit square, s before t; points of shape (2, n)."""
    s, t = np.meshgrid(across[0], along[0], indexing="ij")
    return np.stack([s.ravel(), t.ravel()]), np.outer(across[1], along[1]).ravel()


class MeridianBasis(CellBasis):  # type: ignore[misc]
    """The pair (E, psi) on a window or a section, for scikit-fem's forms, functionals and pictures.

    Made like `skfem.CellBasis`; what costs much is made when first asked for.

    Parameters
    ----------
    mesh : skfem.MeshQuad
    elem : ElementMeridian or one of its two elements
    mapping : CurvedMapping
    elements : array of int, optional
        Those of the mesh that are meant; all by default.
    quadrature : (2, n) array, (n,) array
        A rule on the unit square, s before t.
    dofs : skfem.Dofs, optional
        Numbering; by default scikit-fem's own of the mesh and the element.
    """

    def __init__(
        self,
        mesh: MeshQuad1,
        elem: ElementMeridian,
        mapping: CurvedMapping,
        intorder: int | None = None,
        elements: Any = None,
        quadrature: Rule | None = None,
        dofs: Dofs | None = None,
        disable_doflocs: bool = False,
    ) -> None:
        # As many points as the degree asks for, and one more.
        if quadrature is None:
            count = (elem.maxdeg if intorder is None else intorder) // 2 + 2
            quadrature = tensor_rule(line_rule(count), line_rule(count))
        self.mesh, self.elem, self.mapping = mesh, elem, mapping
        self.X, self.W = quadrature
        self.tind = None if elements is None else mesh.normalize_elements(elements)
        self.nelems = mesh.t.shape[1] if self.tind is None else len(self.tind)
        self.Nbfun = int(elem._bfun_counts().sum())
        if dofs is not None:
            self.dofs = dofs

    @cached_property
    def dofs(self) -> Dofs:
        """Numbering of the unknowns."""
        return Dofs(self.mesh, self.elem)

    @cached_property
    def doflocs(self) -> Values:
        """Position of what carries each unknown: a vertex, an edge or an element."""
        # What neighbours share lies at the same point from either side, so that the last write
        # agrees with the first.
        x = self.mapping.F(self.elem.doflocs.T)
        out = np.zeros((2, self.N), dtype=x.dtype)
        for row, numbers in enumerate(self.dofs.element_dofs):
            out[:, numbers] = x[:, :, row]
        return out

    @cached_property
    def basis(self) -> list[tuple[DiscreteField, ...]]:
        """Each function at each point, as scikit-fem has them."""
        return [
            self.elem.gbasis(self.mapping, self.X, j, tind=self.tind) for j in range(self.Nbfun)
        ]

    @cached_property
    def _at(self) -> tuple[Values, Values]:
        return self.mapping.at(self.X, self.tind)

    @property
    def x(self) -> Values:
        """Positions, (2, elements, points)."""
        return self._at[0]

    @property
    def slopes(self) -> Values:
        """Slopes of the map, (2, 2, elements, points)."""
        return self._at[1]

    @cached_property
    def det(self) -> Values:
        """Determinant of the map; complex in an absorbing layer, where no absolute value is
        meant.
        """
        return determinant(self._at[1])

    @cached_property
    def dx(self) -> Values:
        """Weights of dr dz."""
        return np.asarray(self.det * self.W)

    def global_coordinates(self) -> DiscreteField:
        """Positions."""
        return DiscreteField(self.x)

    @cached_property
    def lines(self) -> tuple[Array, Array]:
        """Points in s and in t."""
        lines = tensor_lines(self.X)
        if lines is None:
            raise ValueError("the rule is no grid of points in s and in t")
        return lines

    @cached_property
    def factors(self) -> tuple[Factors, Factors]:
        """One-dimensional functions of the element at the points in s and in t."""
        across, along = (
            one.factors(x) for one, x in zip(self.elem.directions, self.lines, strict=True)
        )
        return across, along

    def gridded(self, weight: Values) -> Values:
        """Weights at the quadrature points as weights at all pairs of `lines`."""
        return weight

    @cached_property
    def signs(self) -> Array:
        """Sign of each local function, in tensor order, against the global one; (elements, L)."""
        # The sign of an edge function follows its vertices, from the lower number to the higher
        # one.
        corners = self.mesh.t if self.tind is None else self.mesh.t[:, self.tind]
        return orientation(corners, self.elem.local)

    def components(self, local: Values) -> dict[str, Values]:
        """Components on the unit square of fields, by factors.

        Parameters
        ----------
        local : (elements, L, k) array
            Coefficients in tensor order, signs included.

        Returns
        -------
        dict of (k, elements, points) arrays
            By the names of `unit_pairs`.
        """
        # Coefficients as matrices (functions of s, functions of t): two products instead of a sum
        # over all functions at every point.
        across, along = self.factors
        sizes = [count * other for count, other in _kinds(across, along)]
        starts = np.cumsum([0, *sizes])
        columns = np.moveaxis(local, 2, 0)
        kinds = [
            columns[:, :, start : start + size].reshape(*columns.shape[:2], *shape)
            for start, size, shape in zip(starts, sizes, _kinds(across, along), strict=False)
        ]
        found = components(kinds, across, along)
        return {name: part.reshape(*part.shape[:2], -1) for name, part in found.items()}

    def interpolate(self, w: Values) -> Any:
        """The pair (E, psi) of a vector of unknowns at the quadrature points, by factors."""
        # One of the two spaces alone, as scikit-fem itself splits a vector.
        if not isinstance(self.elem, ElementMeridian):
            return super().interpolate(w)
        if w.shape[0] != self.N:
            raise ValueError("Input array has wrong size.")
        local = np.empty(self.element_dofs.shape[::-1], dtype=w.dtype)
        local[:, self.elem.rows] = w[self.element_dofs].T
        parts = self.components((local * self.signs)[:, :, None])
        inverted = inverse(self._at[1])

        def turned(s: Values, t: Values) -> Values:
            """A covariant vector of the unit square in (r, z)."""
            return np.asarray(inverted[0] * s[0] + inverted[1] * t[0])

        return (
            DiscreteField(turned(parts["e_s"], parts["e_t"]), curl=parts["curl"][0] / self.det),
            DiscreteField(parts["psi"][0], grad=turned(parts["psi_s"], parts["psi_t"])),
        )

    def with_elements(self, elements: Any = None) -> MeridianBasis:
        """The basis on some elements only: an array of them, or the name of a subdomain."""
        return MeridianBasis(
            self.mesh,
            self.elem,
            self.mapping,
            elements=elements,
            quadrature=self.quadrature,
            dofs=self.dofs,
        )

    def boundary(
        self, facets: Any = None, intorder: int | None = None, quadrature: Rule | None = None
    ) -> FacetBasis:
        """The basis on edges of the mesh, as scikit-fem's `FacetBasis`."""
        return FacetBasis(
            self.mesh,
            self.elem,
            self.mapping,
            facets=facets,
            intorder=2 * self.elem.degree + 2 if intorder is None else intorder,
            quadrature=quadrature,
            dofs=self.dofs,
        )

    @cached_property
    def units(self) -> dict[str, Pair]:
        """Fields of which one component on the unit square is 1; see `unit_pairs`."""
        return unit_pairs(self._at[1])


def _kinds(across: Factors, along: Factors) -> list[tuple[int, int]]:
    """Functions of E_s, E_t and psi in s and in t."""
    nodal, edge = across.nodal.shape[1], across.edge.shape[1]
    others, edges = along.nodal.shape[1], along.edge.shape[1]
    return [(edge, others), (nodal, edges), (nodal, others)]


def components(
    kinds: Sequence[Values], across: Factors | LineTables, along: Factors | LineTables
) -> dict[str, Values]:
    """Components on the reference square of fields on a grid, by factors.

    Parameters
    ----------
    kinds : three (..., functions of s, functions of t) arrays
        Coefficients of E_s, E_t and psi.
    across, along : tables of the functions
        At the lines of the grid.

    Returns
    -------
    dict of (..., lines of s, lines of t) arrays
        By the names of `unit_pairs`.
    """
    e_s, e_t, psi = kinds
    return {
        "e_s": across.edge @ e_s @ along.nodal.T,
        "e_t": across.nodal @ e_t @ along.edge.T,
        "curl": across.slope @ e_t @ along.edge.T - across.edge @ e_s @ along.slope.T,
        "psi": across.nodal @ psi @ along.nodal.T,
        "psi_s": across.slope @ psi @ along.nodal.T,
        "psi_t": across.nodal @ psi @ along.slope.T,
    }


def unit_pairs(slopes: Values) -> dict[str, Pair]:
    """Pairs (E, psi) of which one component on the unit square is 1 everywhere, the others 0.

    What a form makes of two of them is its weight for these two components.

    Parameters
    ----------
    slopes : (2, 2, n, points) array
        d x_i / d X_j of the map.
    """
    # Covariant components: E is the inverse slope times them, curl E their curl over the
    # determinant (Piola).
    inverted = inverse(slopes)
    none, nothing, one = np.zeros((1, 1)), np.zeros((2, 1, 1)), np.ones((1, 1))

    def pair(
        e: Values = nothing, curl: Values = none, psi: Values = none, slope: Values = nothing
    ) -> Pair:
        return DiscreteField(e, curl=curl), DiscreteField(psi, grad=slope)

    return {
        "e_s": pair(e=inverted[0]),
        "e_t": pair(e=inverted[1]),
        "curl": pair(curl=1.0 / determinant(slopes)),
        "psi": pair(psi=one),
        "psi_s": pair(slope=inverted[0]),
        "psi_t": pair(slope=inverted[1]),
    }
