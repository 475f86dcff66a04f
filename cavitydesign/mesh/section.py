"""A meridian section cut into curved quadrilaterals: vertices, edges, geometry, regions, tagged
boundaries.

Each element maps the reference square [-1, 1]^2 by polynomials of one degree in each direction,
given by its positions at Gauss-Lobatto points. Neighbours share edges exactly, also where the edges
are curved; the first coordinate is r, the second z.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from ..arrays import Array, BoolArray, IntArray
from ..errors import InputError, nearest
from .facet_points import Facets

# Of a section's size: what lies nearer meets. Files of seven digits are right to half of it.
SLACK = 1e-6
# Corners are (-,-), (+,-), (+,+), (-,+); edges run along +s or +t: t = -1, s = +1, t = +1, s = -1.
EDGE_CORNERS = ((0, 1), (1, 2), (3, 2), (0, 3))


@dataclass(frozen=True, eq=False)
class SectionMesh:
    """Conforming curved quadrilaterals of a meridian section.

    Parameters
    ----------
    corners : (n, 4) int array
        Vertices of each element in the order of EDGE_CORNERS, anticlockwise in (r, z).
    nodes : (n, g + 1, g + 1, 2) array
        Positions (r, z) in um at the Gauss-Lobatto points of the reference square, by s and t.
    region : (n,) int array
        Index into `region_names`.
    region_names : tuple of str
    boundary : mapping of str to (k, 2) int arrays
        Vertex pairs of the edges on each tagged curve.
    facets : Facets or None
        How far the smooth curves that the file's edges stand for are from them; of the whole
        section, also in its parts.
    """

    corners: IntArray
    nodes: Array
    region: IntArray
    region_names: tuple[str, ...]
    boundary: Mapping[str, IntArray] = field(default_factory=dict)
    facets: Facets | None = field(default=None, repr=False)

    @property
    def elements(self) -> int:
        """Number of elements."""
        return int(self.corners.shape[0])

    @property
    def degree(self) -> int:
        """Polynomial degree of the geometry."""
        return int(self.nodes.shape[1]) - 1

    @property
    def vertices(self) -> int:
        """Number of vertices."""
        return int(self.corners.max()) + 1

    @property
    def corner_nodes(self) -> Array:
        """Positions of the corners of each element, shape (n, 4, 2)."""
        return self.nodes[:, [0, -1, -1, 0], [0, 0, -1, -1]]

    @cached_property
    def vertex_positions(self) -> Array:
        """Positions of the vertices, shape (vertices, 2)."""
        positions = np.zeros((self.vertices, 2))
        positions[self.corners] = self.corner_nodes
        return positions

    @cached_property
    def topology(self) -> Any:
        """Vertices, elements, edges and regions as a `skfem.MeshQuad` with straight edges."""
        from skfem import MeshQuad1

        return MeshQuad1(  # scikit-fem logs every mesh whose arrays it must copy to this order
            np.ascontiguousarray(self.vertex_positions.T),
            np.ascontiguousarray(self.corners.T, dtype=np.int32),
            _boundaries={name: self.edge_numbers(pairs) for name, pairs in self.boundary.items()},
            _subdomains={
                name: np.flatnonzero(self.region == number)
                for number, name in enumerate(self.region_names)
            },
        )

    @cached_property
    def _edge_table(self) -> tuple[IntArray, IntArray]:
        pairs = np.stack([self.corners[:, list(pair)] for pair in EDGE_CORNERS], axis=1)
        unique, inverse = np.unique(
            np.sort(pairs, axis=2).reshape(-1, 2), axis=0, return_inverse=True
        )
        return unique, inverse.reshape(-1, 4)

    @property
    def edges(self) -> IntArray:
        """Vertex pairs of all edges, the lower vertex first, shape (edges, 2)."""
        return self._edge_table[0]

    @property
    def element_edges(self) -> IntArray:
        """Edges of each element, shape (n, 4)."""
        return self._edge_table[1]

    @cached_property
    def edge_uses(self) -> IntArray:
        """Number of elements at each edge: 1 on the boundary, 2 inside."""
        return np.bincount(self.element_edges.ravel(), minlength=self.edges.shape[0])

    @cached_property
    def outer_edges(self) -> IntArray:
        """Edges on the boundary."""
        return np.flatnonzero(self.edge_uses == 1)

    def at_boundary(self, but: Iterable[str] = ()) -> BoolArray:
        """Whether an edge is on the boundary and on none of the tagged curves named."""
        outer: BoolArray = self.edge_uses == 1
        outer[self.tagged_edges(name for name in but if name in self.boundary)] = False
        return outer

    def tagged_edges(self, names: Iterable[str]) -> IntArray:
        """Edges that carry any of the given tags.

        Raises
        ------
        KeyError
            If the mesh has no such tag.
        """
        found = [self.edge_numbers(self.boundary[name]) for name in names]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)

    def edge_numbers(self, pairs: IntArray) -> IntArray:
        """Numbers of the edges between vertex pairs; pairs that are no edge are left out."""
        # One whole number for each pair, so that pairs can be searched for like numbers.
        width = self.vertices + 1
        have = self.edges[:, 0] * width + self.edges[:, 1]
        ordered = np.sort(np.asarray(pairs).reshape(-1, 2), axis=1)
        wanted = ordered[:, 0] * width + ordered[:, 1]
        number = np.minimum(np.searchsorted(have, wanted), have.size - 1)
        return np.asarray(number[have[number] == wanted])

    def positions(
        self, s: Array, t: Array, elements: IntArray | None = None
    ) -> tuple[Array, Array, Array, Array, Array, Array]:
        """r, z, dr/ds, dz/ds, dr/dt, dz/dt of all or some elements on the grid of s and t, each (n,
        s, t).
        """
        (a, da), (b, db) = lagrange(self.degree, s), lagrange(self.degree, t)
        nodes = self.nodes if elements is None else self.nodes[elements]
        r, z = nodes[..., 0], nodes[..., 1]
        return a @ r @ b.T, a @ z @ b.T, da @ r @ b.T, da @ z @ b.T, a @ r @ db.T, a @ z @ db.T

    def positions_at(
        self, element: IntArray, s: Array, t: Array
    ) -> tuple[Array, Array, Array, Array, Array, Array]:
        """r, z, dr/ds, dz/ds, dr/dt, dz/dt at single points (element, s, t), of shape (points,)."""
        along_s, along_t = (np.stack(lagrange(self.degree, x), axis=1) for x in (s, t))
        count = self.degree + 1
        in_t = (along_t @ self._by_t[element]).reshape(-1, 2, count, 2)
        both = along_s @ in_t.transpose(0, 2, 1, 3).reshape(-1, count, 4)
        return (
            both[:, 0, 0],
            both[:, 0, 1],
            both[:, 1, 0],
            both[:, 1, 1],
            both[:, 0, 2],
            both[:, 0, 3],
        )

    @cached_property
    def _by_t(self) -> Array:
        """The nodes by t first, (n, degree + 1, 2 degree + 2): two products for both positions."""
        turned = self.nodes.transpose(0, 2, 1, 3)
        return np.ascontiguousarray(turned.reshape(*turned.shape[:2], -1))

    def lines(self, element: IntArray, along_s: BoolArray, where: Array) -> Array:
        """Legendre coefficients of r and z along lines of elements, each (n, degree + 1): lines in
        s at t = `where`, or in t at s = `where`.
        """
        nodes = self.nodes[element]
        nodes = np.where(along_s[:, None, None, None], nodes, nodes.transpose(0, 2, 1, 3))
        at_nodes = np.einsum("nutc,nt->cnu", nodes, lagrange(self.degree, where)[0])
        return np.asarray(at_nodes @ series_of_nodes(self.degree)[0].T)

    def determinants(self, count: int) -> Array:
        """Jacobian determinants on an even grid that includes the corners, shape (n, count,
        count).
        """
        x = np.linspace(-1.0, 1.0, count)
        _, _, r_s, z_s, r_t, z_t = self.positions(x, x)
        return r_s * z_t - r_t * z_s

    @cached_property
    def extent_um(self) -> tuple[float, float, float, float]:
        """Smallest and largest r, smallest and largest z of the nodes."""
        low, high = self.nodes.reshape(-1, 2).min(axis=0), self.nodes.reshape(-1, 2).max(axis=0)
        return float(low[0]), float(high[0]), float(low[1]), float(high[1])

    def chosen(self, keep: BoolArray) -> SectionMesh:
        """The submesh of some elements; region names stay, tags stay where their edges do."""
        old = np.unique(self.corners[keep])
        new = np.full(self.vertices, -1)
        new[old] = np.arange(old.size)
        boundary = {}
        for name, pairs in self.boundary.items():
            renamed = new[pairs]
            boundary[name] = renamed[(renamed >= 0).all(axis=1)]
        return SectionMesh(
            new[self.corners[keep]],
            self.nodes[keep],
            self.region[keep],
            self.region_names,
            boundary,
        )

    def renamed(self, names: Mapping[str, str], source: str) -> SectionMesh:
        """The mesh with regions called by other names; regions of one new name become one.

        Raises
        ------
        InputError
            If a name is that of no region.
        """
        for name in names:
            if name not in self.region_names:
                has = ", ".join(self.region_names)
                raise InputError(
                    f"{source}: no region named {name!r}; it has "
                    f"{has}{nearest(name, self.region_names)}"
                )
        called = [names.get(name, name) for name in self.region_names]
        unique = tuple(dict.fromkeys(called))
        number = np.array([unique.index(name) for name in called])
        return replace(self, region=number[self.region], region_names=unique)

    def with_neighbours(self, keep: BoolArray) -> BoolArray:
        """A choice of elements grown by all elements that share a vertex with it."""
        near = np.zeros(self.vertices, dtype=bool)
        near[self.corners[keep]] = True
        return np.asarray(near[self.corners].any(axis=1))


@lru_cache(maxsize=32)
def lobatto(count: int) -> Array:
    """Gauss-Lobatto points on [-1, 1]."""
    # The ends, and the extrema of the Legendre polynomial between them.
    inner = np.polynomial.legendre.Legendre.basis(count - 1).deriv().roots()
    return np.concatenate([[-1.0], np.sort(inner.real), [1.0]])


def lagrange(degree: int, x: Array) -> tuple[Array, Array]:
    """Lagrange polynomials on Gauss-Lobatto points and their derivatives at x, each (x.size, degree
    + 1).
    """
    # NumPy's `legvander` takes several times as long, of few points.
    values = np.empty((degree + 1, *x.shape))
    values[0] = 1.0
    if degree > 0:
        values[1] = x
    for k in range(2, degree + 1):
        values[k] = ((2 * k - 1) * x * values[k - 1] - (k - 1) * values[k - 2]) / k
    to_series, to_slope = series_of_nodes(degree)
    return values.T @ to_series, values.T @ to_slope


@lru_cache(maxsize=32)
def series_of_nodes(degree: int) -> tuple[Array, Array]:
    """From values at the Gauss-Lobatto points to Legendre coefficients of the polynomial and of its
    derivative.
    """
    to_series = np.linalg.inv(np.polynomial.legendre.legvander(lobatto(degree + 1), degree))
    to_slope = np.zeros_like(to_series)
    to_slope[:-1] = np.polynomial.legendre.legder(to_series)
    return np.asarray(to_series, dtype=np.float64), to_slope


def anticlockwise(corners: IntArray, nodes: Array) -> tuple[IntArray, Array]:
    """Corners and nodes with clockwise elements turned over."""
    mesh = SectionMesh(corners, nodes, np.zeros(len(corners), dtype=np.int64), ("",))
    turned = mesh.determinants(3).mean(axis=(1, 2)) < 0
    corners, nodes = corners.copy(), nodes.copy()
    corners[turned] = corners[turned][:, [0, 3, 2, 1]]
    nodes[turned] = nodes[turned].transpose(0, 2, 1, 3)
    return corners, nodes


def folded_elements(mesh: SectionMesh) -> IntArray:
    """Elements whose map turns over or has no area somewhere."""
    low_r, high_r, low_z, high_z = mesh.extent_um
    # The determinant has the degree 2 g - 1 in either direction and may change its sign between the
    # corners: it is looked at in more points than it has coefficients.
    det = mesh.determinants(2 * mesh.degree + 3)
    scale = np.abs(det).max(axis=(1, 2))
    size = max(high_r - low_r, high_z - low_z)
    return np.flatnonzero((det.min(axis=(1, 2)) <= 1e-6 * scale) | (scale < 1e-14 * size**2))
