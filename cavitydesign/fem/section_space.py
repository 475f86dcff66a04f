"""H(curl) x H1 on curved quadrilaterals, each of its own degree: a part of scikit-fem's numbering.

scikit-fem numbers the unknowns of the element of the highest degree on the whole mesh
(`skfem.Dofs`: those of vertices first, then of edges, then of the insides of elements). The bases
are hierarchical, so that a lower degree in one element and walls are restrictions: some unknowns
are not held. An edge has the lower degree of its two elements; the space stays conforming and
gradients stay in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skfem import Dofs

from ..arrays import BoolArray, IntArray
from ..eigen.condensed import Batch, ElementLayout
from ..mesh.section import SLACK, SectionMesh
from .affine import AffineMatrix
from .basis import MeridianBasis, line_rule, tensor_rule
from .element import ElementMeridian
from .local_functions import INSIDE, least_degrees, local_functions, lower_columns, orientation
from .mapping import SectionMapping
from .pieces.piecewise import PiecewiseBasis, rule_by_element
from .pieces.within import Bounds, points_by_piece
from .stretch import BoxStretch

# Kinds of elements: without stretch, in an absorbing layer, and where one begins.
_PLAIN, _IN_LAYER, _FACED = 0, 1, 2


@dataclass(frozen=True, eq=False)
class SectionSpace:
    """The space of a section.

    Parameters
    ----------
    mesh : SectionMesh
    orders : (n,) int array
        Polynomial degree of each element, 1 and above.
    electric : (edges,) bool array
        Edges where the tangential field vanishes (electric walls, and the axis for m > 0).
    stretch : BoxStretch, optional
        Absorbing layers.
    """

    mesh: SectionMesh
    orders: IntArray
    electric: BoolArray
    stretch: BoxStretch | None = None

    @classmethod
    def of(
        cls,
        mesh: SectionMesh,
        orders: int | IntArray,
        electric: BoolArray,
        stretch: BoxStretch | None = None,
    ) -> SectionSpace:
        """A space of one degree, or of one for each element."""
        every = np.broadcast_to(np.asarray(orders, dtype=np.int64), (mesh.elements,))
        return cls(mesh, every, electric, stretch)

    @property
    def order(self) -> int:
        """The highest degree."""
        return int(self.orders.max())

    @cached_property
    def by_order(self) -> dict[int, IntArray]:
        """Elements of each degree."""
        return {
            int(order): np.flatnonzero(self.orders == order) for order in np.unique(self.orders)
        }

    @cached_property
    def batches(self) -> tuple[tuple[int, IntArray], ...]:
        """Elements of each degree, those that reach into an absorbing layer apart from the others,
        whose matrices are real.
        """
        # Elements of one degree are one batch: the same tables of functions serve all of them.
        if self.stretch is None:
            return tuple(self.by_order.items())
        r, z = self.mesh.nodes[..., 0], self.mesh.nodes[..., 1]
        outside: BoolArray = np.asarray(self.stretch.beyond(r, z).any(axis=(1, 2)))
        kind = outside + np.asarray(outside & self.faced, dtype=np.int64)
        parts = [
            (order, same[kind[same] == one])
            for order, same in self.by_order.items()
            for one in (_FACED, _IN_LAYER, _PLAIN)
        ]
        return tuple((order, same) for order, same in parts if same.size)

    @cached_property
    def faced(self) -> BoolArray:
        """Elements in which an absorbing layer begins."""
        if self.stretch is None:
            return np.zeros(self.mesh.elements, dtype=bool)
        low_r, high_r, low_z, high_z = self.mesh.extent_um
        return self.stretch.faced(self.mesh.nodes, SLACK * max(high_r - low_r, high_z - low_z))

    @cached_property
    def mapping(self) -> SectionMapping:
        """The curved map of the elements."""
        return SectionMapping(self.mesh, self.stretch)

    @cached_property
    def dofs(self) -> Dofs:
        """scikit-fem's numbering of the element of the highest degree."""
        return Dofs(self.mesh.topology, ElementMeridian(self.order))

    def basis(self, extra_points: int, degree: int, elements: Any = None) -> MeridianBasis:
        """The functions of a degree at Gauss points beyond degree + 1 a direction."""
        count = degree + 1 + extra_points
        rule, kind = tensor_rule(line_rule(count), line_rule(count)), MeridianBasis
        if self.stretch is not None and elements is not None and self.faced[elements].any():
            faces = Bounds.faces_of(self.mesh.elements, self.stretch)
            points = points_by_piece(self.mesh, elements, faces, count)
            rule, kind = rule_by_element(points, elements), PiecewiseBasis
        return kind(
            self.mesh.topology,
            ElementMeridian(degree),
            self.mapping,
            elements=elements,
            quadrature=rule,
        )

    def bases(self, extra_points: int) -> Iterator[tuple[MeridianBasis, IntArray]]:
        """Each batch at Gauss points, and its elements."""
        for degree, elements in self.batches:
            yield self.basis(extra_points, degree, elements), elements

    def whole(self, vector: NDArray[Any]) -> NDArray[Any]:
        """A vector of unknowns with zeros where none are held, as `dofs` numbers them."""
        out = np.zeros(self.dofs.N, dtype=vector.dtype)
        out[self.held] = vector
        return out

    @cached_property
    def _full(self) -> IntArray:
        """scikit-fem's number of each local function of the highest degree, in tensor order."""
        element = self.dofs.element
        out = np.empty(self.dofs.element_dofs.shape[::-1], dtype=np.int64)
        out[:, element.rows] = self.dofs.element_dofs.T
        return out

    @cached_property
    def held(self) -> IntArray:
        """scikit-fem's numbers of the unknowns, increasing."""
        local = local_functions(self.order)
        # An edge has the lower degree of its two elements, so that the space conforms and holds
        # the gradients of its own scalars.
        edge_degree = np.full(self.mesh.edges.shape[0], self.order)
        np.minimum.at(edge_degree, self.mesh.element_edges.ravel(), np.repeat(self.orders, 4))
        allowed = np.ones((self.mesh.elements, INSIDE + 1), dtype=np.int64)
        allowed[:, 4:INSIDE] = edge_degree[self.mesh.element_edges]
        allowed[:, INSIDE] = self.orders
        inside = least_degrees(self.order) <= allowed[:, local.owner]
        kept = np.zeros(self.dofs.N, dtype=bool)
        kept[self._full[inside]] = True
        # On an electric wall E along it and E_phi vanish; the scalar psi carries E_phi at its
        # vertices too.
        walls = np.flatnonzero(self.electric)
        kept[self.dofs.facet_dofs[:, walls]] = False
        kept[self.dofs.nodal_dofs[:, self.mesh.edges[walls]]] = False
        return np.flatnonzero(kept)

    @property
    def size(self) -> int:
        """All unknowns."""
        return int(self.held.size)

    @cached_property
    def first(self) -> IntArray:
        """First unknown of each vertex, edge and inside, and the number of all."""
        dofs = self.dofs
        starts = [
            part[0] for part in (dofs.nodal_dofs, dofs.facet_dofs, dofs.interior_dofs) if part.size
        ]
        return np.searchsorted(self.held, np.concatenate([*starts, [dofs.N]]))

    @cached_property
    def numbers(self) -> IntArray:
        """Unknown of each local function of the highest degree, -1 where a wall or a lower degree
        removed it, shape (n, L).
        """
        number = np.full(self.dofs.N, -1)
        number[self.held] = np.arange(self.held.size)
        return np.asarray(number[self._full])

    def numbers_at(self, elements: IntArray, order: int) -> IntArray:
        """Unknown of each local function of a lower degree on some elements, shape (k, L)."""
        return np.asarray(self.numbers[elements][:, lower_columns(order, self.order)])

    @cached_property
    def signs(self) -> NDArray[np.float64]:
        """Sign of each local function of the highest degree against the global one, shape (n,
        L).
        """
        return orientation(self.mesh.corners.T, local_functions(self.order))

    @cached_property
    def layout(self) -> ElementLayout:
        """Where the unknowns of the batches lie."""
        return _element_layout(self)

    def matrix(self, combination: AffineMatrix) -> AffineMatrix:
        """A combination of the affine matrices, formed only where it is factorised."""
        return combination

    def columns_in(self, other: SectionSpace) -> list[IntArray]:
        """Local unknowns of the batches of a larger space that are this one's."""
        pairs = zip(self.batches, other.batches, strict=True)
        return [lower_columns(mine, theirs) for (mine, _), (theirs, _) in pairs]

    def lowered(self, steps: int) -> SectionSpace:
        """The space of so many degrees less on the same mesh, but not below the first."""
        orders = np.maximum(self.orders - steps, 1)
        return SectionSpace(self.mesh, orders, self.electric, self.stretch)

    def shared_with(self, other: SectionSpace) -> tuple[IntArray, IntArray]:
        """Numbers here and there of the unknowns that two spaces share, on one mesh or on one that
        begins with the elements of the other.
        """
        same = min(self.mesh.elements, other.mesh.elements)
        mine, theirs = self.numbers[:same], other.numbers[:same]
        if other.order <= self.order:
            mine = mine[:, lower_columns(other.order, self.order)]
        else:
            theirs = theirs[:, lower_columns(self.order, other.order)]
        both = (mine >= 0) & (theirs >= 0)
        here, there = np.full(self.size, -1), mine[both]
        here[there] = theirs[both]
        held = np.flatnonzero(here >= 0)
        return held, here[held]


def _element_layout(space: SectionSpace) -> ElementLayout:
    """The layout of a space, with the pattern of the Schur complement of what elements share."""
    mesh, first = space.mesh, space.first
    counts = np.diff(first)
    total = mesh.vertices + mesh.edges.shape[0]
    # Vertices and edges are numbered in one row: the pattern is that of the skeleton, blocks of
    # unknowns for each of them.
    outer = np.concatenate([mesh.corners, mesh.vertices + mesh.element_edges], axis=1)
    key = (outer[:, :, None] * total + outer[:, None, :]).ravel()
    unique, inverse = np.unique(key, return_inverse=True)
    row, width = unique // total, counts[unique % total]
    before = np.cumsum(width) - width
    length = np.bincount(row, weights=width, minlength=total).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(length)[:-1]])
    offset = (before - start[row])[inverse].reshape(-1, 8, 8)
    indptr = np.concatenate([[0], np.cumsum(np.repeat(length, counts[:total]))])
    stored = int(indptr[-1])
    indices = np.empty(stored + 1, dtype=np.int32)
    out = []
    for degree, elements in space.batches:
        owner = local_functions(degree).owner
        shared, own = np.flatnonzero(owner < INSIDE), np.flatnonzero(owner == INSIDE)
        numbers = space.numbers_at(elements, degree)
        here, owners = numbers[:, shared], owner[shared]
        within = here - first[outer[elements][:, owners]]
        slot = (indptr[np.maximum(here, 0)][:, :, None] + within[:, None, :]).astype(np.int32)
        slot += offset[elements][:, owners[:, None], owners].astype(np.int32)
        # Unknowns that a wall or a lower degree removed go to an entry behind the last one, which
        # is dropped.
        absent = here < 0
        slot[absent[:, :, None] | absent[:, None, :]] = stored
        indices[slot] = np.broadcast_to(here[:, None, :], slot.shape)
        out.append(Batch(np.where(numbers < 0, space.size, numbers), shared, own, slot))
    skeleton = int(first[total])
    return ElementLayout(space.size, skeleton, tuple(out), indptr.astype(np.int32), indices[:-1])
