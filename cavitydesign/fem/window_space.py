"""The tensor-product space H(curl) x H1 on a mapped window, numbered as a chain of elements
outwards.

Unknowns: covariant components E_s in edge(s) x nodal(t), E_t in nodal(s) x edge(t), and psi in
nodal(s) x nodal(t); s runs over a few elements of high order, t over the functions of an
`AxialBasis`. Neighbouring elements share E_t and psi on one line s = const: matrices are chains of
small dense blocks (eigen/chain.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skfem import Dofs, MeshQuad1

from ..arrays import Array, IntArray
from ..eigen.chain import ChainMatrix, ChainShape
from ..mesh.rim_map import Window
from .affine import AffineMatrix
from .axial_basis import AxialBasis
from .basis import MeridianBasis, line_rule, tensor_rule
from .element import ElementMeridian
from .legendre import Line, edge_numbers, nodal_numbers
from .mapping import WindowMapping


@dataclass(frozen=True)
class WindowSpace:
    """H(curl) x H1 of one order on a window with coordinates s (outwards) and t (along the
    outline).

    Parameters
    ----------
    s : Line
        Both ends are electric walls.
    t : AxialBasis
    """

    s: Line
    t: AxialBasis

    @cached_property
    def shape(self) -> ChainShape:
        """Elements, and how many unknowns each has and shares with its neighbour."""
        nodal, edge, order = self.t.nodal_size, self.t.edge_size, self.s.order
        shared = nodal + edge
        return ChainShape(self.s.elements, shared, order * nodal + (order - 1) * shared)

    def basis(self, window: Window) -> MeridianBasis:
        """The functions of the space at its quadrature points, as scikit-fem knows them."""
        mapping = WindowMapping(window)
        rule = tensor_rule(line_rule(self.s.points_per_element), self.t.rule)
        element = ElementMeridian(self.s.order, self.t)
        return MeridianBasis(mapping.mesh, element, mapping, quadrature=rule)

    def dofs(self, mesh: MeshQuad1) -> Dofs:
        """The chain as a scikit-fem numbering, the walls at both ends included."""
        return ChainDofs(mesh, ElementMeridian(self.s.order, self.t), self.shape)

    def whole(self, vector: NDArray[Any]) -> NDArray[Any]:
        """A vector of unknowns with the zeros on the walls, as `dofs` numbers them."""
        # The chain leaves out the lines at both ends, where the walls are.
        wall = np.zeros(self.shape.shared, dtype=vector.dtype)
        return np.concatenate([wall, vector, wall])

    @property
    def layout(self) -> ChainShape:
        """Where the unknowns lie."""
        return self.shape

    def matrix(self, combination: AffineMatrix) -> ChainMatrix:
        """A combination of the affine matrices, formed at once: it is small, and used often."""
        return ChainMatrix(self.shape, next(combination.blocks()))

    def columns_in(self, other: WindowSpace) -> list[IntArray]:
        """Local unknowns of a larger space that are this one's, in the order of the chain."""
        mine, theirs = self.t, other.t
        sizes = (theirs.nodal_size, theirs.edge_size, mine.nodal_size, mine.edge_size)
        return [_kept(other.s.order, self.s.order, *sizes)]

    @property
    def size(self) -> int:
        """All unknowns."""
        return self.shape.size

    @property
    def gradients(self) -> int:
        """Dimension of the null space of a: one gradient for each psi."""
        return self.s.nodal_size * self.t.nodal_size

    @cached_property
    def points(self) -> tuple[Array, Array]:
        """Quadrature positions in s and t, flat, element by element."""
        return self.s.quadrature[0].ravel(), self.t.line.quadrature[0].ravel()

    @property
    def component_indices(self) -> tuple[IntArray, IntArray, IntArray]:
        """Indices of E_s (edge functions of s, nodal of t), E_t (nodal, edge) and psi (nodal,
        nodal) in a vector.
        """
        return _component_indices(
            self.s.elements, self.s.order, self.t.nodal_size, self.t.edge_size
        )

    def split(self, vectors: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """E_s, E_t and psi of the columns of an (n, k) array, or of one (n,) vector; shapes (k,
        functions of s, functions of t).
        """
        columns = np.ascontiguousarray(vectors.T) if vectors.ndim == 2 else vectors[None, :]
        e_s, e_t, psi = (columns[:, indices] for indices in self.component_indices)
        return e_s, e_t, psi

    def shared_with(self, other: WindowSpace) -> tuple[IntArray, IntArray]:
        """Numbers, here and there, of the unknowns that two spaces on the same elements have in
        common; the bases are nested.
        """
        order = min(self.s.order, other.s.order)
        nodal, edge = (
            min(self.t.nodal_size, other.t.nodal_size),
            min(self.t.edge_size, other.t.edge_size),
        )
        return self._leading(order, nodal, edge), other._leading(order, nodal, edge)

    def _leading(self, order: int, nodal: int, edge: int) -> IntArray:
        own = self.s.elements, self.s.order, self.t.nodal_size, self.t.edge_size
        return _leading(own, (order, nodal, edge))


@lru_cache(maxsize=128)
def _leading(own: tuple[int, int, int, int], wanted: tuple[int, int, int]) -> IntArray:
    """Numbers of the unknowns of a smaller space; both are given by their sizes."""
    (elements, order, *_), (low, nodal, edge) = own, wanted
    e_s, e_t, psi = _component_indices(*own)
    edges = edge_numbers(elements, order)[:, :low].ravel()
    nodes = nodal_numbers(elements, order, False, False)[:, [1, *range(2, low + 1)]].ravel()
    nodes = nodes[nodes >= 0]
    return np.concatenate(
        [e_s[edges, :nodal].ravel(), e_t[nodes, :edge].ravel(), psi[nodes, :nodal].ravel()]
    )


class ChainDofs(Dofs):  # type: ignore[misc]
    """Numbering of the strips of a window: neighbours share the functions on the line between them.

    All functions of a strip belong to its inside; it is the numbers that make the space conforming.
    """

    def __init__(self, topo: MeshQuad1, element: ElementMeridian, shape: ChainShape) -> None:
        self.topo, self.element = topo, element
        nodal, edge = (getattr(element.directions[1], name) for name in ("nodal_size", "edge_size"))
        # Each strip has the same numbers, moved on by what a strip has of its own.
        chain = np.empty(shape.local, dtype=np.int32)
        chain[element_order(element.degree, nodal, edge)] = np.arange(shape.local)
        numbers = chain[:, None] + shape.own * np.arange(shape.elements, dtype=np.int32)
        self.nodal_dofs = self.facet_dofs = self.edge_dofs = np.empty((0, 0), dtype=np.int32)
        self.element_dofs = self.interior_dofs = numbers[element.rows]
        self.N = shape.size + 2 * shape.shared


@lru_cache(maxsize=64)
def _component_indices(
    elements: int, order: int, nodal: int, edge: int
) -> tuple[IntArray, IntArray, IntArray]:
    """See `WindowSpace.component_indices`: per element E_s, the bubbles of E_t and psi, then E_t
    and psi on its outer line.
    """
    # Outwards: what a strip has of its own, then the line that it shares with the next one.
    bubbles = order - 1
    own = order * nodal + (bubbles + 1) * (nodal + edge)
    start = own * np.arange(elements)[:, None, None]
    e_s = start + np.arange(order * nodal).reshape(order, nodal)
    inner_t = start + order * nodal + np.arange(bubbles * edge).reshape(bubbles, edge)
    inner_psi = (
        start + order * nodal + bubbles * edge + np.arange(bubbles * nodal).reshape(bubbles, nodal)
    )
    line_t = start[:, 0] + own - nodal - edge + np.arange(edge)
    line_psi = start[:, 0] + own - nodal + np.arange(nodal)

    def nodes(lines: IntArray, inner: IntArray) -> IntArray:
        """By number of the nodal function of s: bubbles of an element, then its outer vertex; the
        last vertex is a wall.
        """
        return np.concatenate([inner, lines[:, None]], axis=1).reshape(elements * order, -1)[:-1]

    return e_s.reshape(elements * order, nodal), nodes(line_t, inner_t), nodes(line_psi, inner_psi)


@lru_cache(maxsize=64)
def element_order(order: int, nodal: int, edge: int) -> IntArray:
    """Local unknowns in the order of the chain (inner line, own, outer line), as indices into
    [E_s | E_t | psi].

    E_t and psi are there by local function of s: inner hat, outer hat, bubbles.
    """
    e_s = np.arange(order * nodal)
    e_t = order * nodal + np.arange((order + 1) * edge).reshape(order + 1, edge)
    psi = (
        order * nodal
        + (order + 1) * edge
        + np.arange((order + 1) * nodal).reshape(order + 1, nodal)
    )
    return np.concatenate([e_t[0], psi[0], e_s, e_t[2:].ravel(), psi[2:].ravel(), e_t[1], psi[1]])


@lru_cache(maxsize=64)
def _kept(
    order: int, low: int, nodal: int, edge: int, low_nodal: int, low_edge: int
) -> NDArray[np.int64]:
    """Local unknowns, in the order of the chain, of a smaller space within an element."""
    e_s = np.arange(order * nodal).reshape(order, nodal)[:low, :low_nodal]
    e_t = (
        order * nodal + np.arange((order + 1) * edge).reshape(order + 1, edge)[: low + 1, :low_edge]
    )
    psi = (
        order * nodal
        + (order + 1) * edge
        + np.arange((order + 1) * nodal).reshape(order + 1, nodal)
    )
    plain = np.concatenate([e_s.ravel(), e_t.ravel(), psi[: low + 1, :low_nodal].ravel()])
    position = np.empty((2 * order + 1) * nodal + (order + 1) * edge, dtype=np.int64)
    position[element_order(order, nodal, edge)] = np.arange(position.size)
    return np.asarray(position[plain][element_order(low, low_nodal, low_edge)])
