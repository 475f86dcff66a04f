"""H(curl) x H1 on curved quadrilaterals, each of its own order: local functions, numbering with
orientation.

The same functions as on the windows (fem/legendre.py): E_s in edge(s) x nodal(t), E_t in nodal(s) x
edge(t), psi in nodal(s) x nodal(t). Those on an edge point from its lower to its higher vertex: on
a reversed edge the tangential function of Legendre degree k changes by (-1)^(k+1), the bubble of
degree j by (-1)^j. Hierarchical, so lower orders are subspaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..mesh.section import BoolArray, IntArray, SectionMesh
from .element import PSI, columns_of, local_functions, orientation


@dataclass(frozen=True, eq=False)
class QuadSpace:
    """H(curl) x H1 on a section mesh; unknowns of vertices first, then of edges, then of the
    insides of elements.

    Parameters
    ----------
    mesh : SectionMesh
    orders : (n,) int array
        Polynomial order of each element, 1 and above; an edge has the lower order of its two
        elements.
    electric : (edges,) bool array
        Edges where the tangential field vanishes (electric walls, and the axis for m > 0).
    """

    mesh: SectionMesh
    orders: IntArray
    electric: BoolArray

    @classmethod
    def of(cls, mesh: SectionMesh, orders: int | IntArray, electric: BoolArray) -> QuadSpace:
        """A space of one order, or of one for each element."""
        return cls(
            mesh, np.broadcast_to(np.asarray(orders, dtype=np.int64), (mesh.elements,)), electric
        )

    @property
    def order(self) -> int:
        """The highest order."""
        return int(self.orders.max())

    @cached_property
    def by_order(self) -> dict[int, IntArray]:
        """Elements of each order."""
        return {
            int(order): np.flatnonzero(self.orders == order) for order in np.unique(self.orders)
        }

    @cached_property
    def edge_orders(self) -> IntArray:
        """Order of each edge."""
        out = np.full(self.mesh.edges.shape[0], self.order)
        np.minimum.at(out, self.mesh.element_edges.ravel(), np.repeat(self.orders, 4))
        return out

    @cached_property
    def counts(self) -> IntArray:
        """Unknowns of each vertex, edge and interior."""
        mesh, p = self.mesh, self.orders
        vertex = np.ones(mesh.vertices, dtype=np.int64)
        vertex[mesh.edges[self.electric]] = 0
        edge = np.where(self.electric, 0, 2 * self.edge_orders - 1)
        return np.concatenate([vertex, edge, 2 * p * (p - 1) + (p - 1) ** 2])

    @cached_property
    def first(self) -> IntArray:
        """First unknown of each entity, and the number of all."""
        return np.concatenate([[0], np.cumsum(self.counts)])

    @property
    def size(self) -> int:
        """All unknowns."""
        return int(self.first[-1])

    @cached_property
    def entities(self) -> IntArray:
        """Vertices, edges and interior of each element in one numbering, shape (n, 9)."""
        mesh = self.mesh
        interior = mesh.vertices + mesh.edges.shape[0] + np.arange(mesh.elements)
        return np.concatenate(
            [mesh.corners, mesh.vertices + mesh.element_edges, interior[:, None]], axis=1
        )

    def within(self, elements: IntArray, order: int) -> IntArray:
        """Place of each local function of an order among the unknowns of its owner, -1 if absent,
        shape (k, L).

        Of the insides the order has to be the elements' own.
        """
        local = local_functions(order)
        out = np.broadcast_to(local.within, (elements.size, local.within.size)).copy()
        on_edge = np.flatnonzero((local.owner >= 4) & (local.owner < 8))
        side = local.owner[on_edge] - 4
        degree = np.where(side % 2 == 0, local.i[on_edge], local.j[on_edge])
        scalar = local.kind[on_edge] == PSI
        here = self.edge_orders[self.mesh.element_edges[elements]][:, side]
        place = np.where(scalar, here + degree - 2, degree)
        out[:, on_edge] = np.where(degree <= np.where(scalar, here, here - 1), place, -1)
        return out

    def numbers_at(self, elements: IntArray, order: int) -> IntArray:
        """Unknown of each local function of elements of one order, -1 where there is none, shape
        (k, L).
        """
        entity, within = (
            self.entities[elements][:, local_functions(order).owner],
            self.within(elements, order),
        )
        return np.where((self.counts[entity] > 0) & (within >= 0), self.first[entity] + within, -1)

    @cached_property
    def numbers(self) -> IntArray:
        """Unknown of each local function of the highest order, -1 where a wall or a lower order
        removed it, shape (n, L).
        """
        out = np.full((self.mesh.elements, local_functions(self.order).kind.size), -1)
        for order, here in self.by_order.items():
            out[np.ix_(here, columns_of(order, self.order))] = self.numbers_at(here, order)
        return out

    @cached_property
    def signs(self) -> NDArray[np.float64]:
        """Sign of each local function of the highest order against the global one, shape (n, L)."""
        return self.signs_at(np.arange(self.mesh.elements), self.order)

    def signs_at(self, elements: IntArray, order: int) -> NDArray[np.float64]:
        """The same of the functions of an order on some elements, shape (k, L)."""
        return orientation(self.mesh.corners[elements].T, local_functions(order))

    def lowered(self, steps: int) -> QuadSpace:
        """The space of so many orders less on the same mesh."""
        return QuadSpace(self.mesh, self.orders - steps, self.electric)

    def shared_with(self, other: QuadSpace) -> tuple[IntArray, IntArray]:
        """Numbers here and there of the unknowns that two spaces on one mesh share."""
        mine, theirs = self.numbers, other.numbers
        if other.order <= self.order:
            mine = mine[:, columns_of(other.order, self.order)]
        else:
            theirs = theirs[:, columns_of(self.order, other.order)]
        both = (mine >= 0) & (theirs >= 0)
        here, there = np.full(self.size, -1), mine[both]
        here[there] = theirs[both]
        held = np.flatnonzero(here >= 0)
        return held, here[held]


def electric_walls(mesh: SectionMesh, magnetic: tuple[str, ...] = ()) -> BoolArray:
    """Edges of a section that are electric walls: all of the boundary and the axis, but the tagged
    curves named.

    Parameters
    ----------
    magnetic : tuple of str
        Tags of boundary curves that are magnetic walls (natural: nothing is removed).
    """
    electric = np.zeros(mesh.edges.shape[0], dtype=bool)
    electric[mesh.outer_edges] = True
    known = [name for name in magnetic if name in mesh.boundary]
    electric[mesh.tagged_edges(known)] = False
    return electric
