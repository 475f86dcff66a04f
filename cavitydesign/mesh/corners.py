"""Corners of a section, where fields are singular, and elements graded towards them.

Around a corner every quadrilateral becomes three: a small copy at the corner and two that fill the
rest. Neighbours cut their common edges alike, so the mesh stays conforming, and interfaces keep
their curves: the cuts lie on straight lines of the reference square, and edges keep their own
polynomial map.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np

from ..arrays import Array, IntArray
from .section import EDGE_CORNERS, SectionMesh, lagrange, lobatto

# Turn of an interface, in radians, up to which it has no corner: polynomial edges of one smooth
# curve meet at small angles.
_STRAIGHT_WITHIN_RAD = 0.1
# Size of the element at a corner over that of the one it was cut from: near the (sqrt 2 - 1)^2 =
# 0.17 that is best for geometrically graded hp meshes in one dimension (Gui and Babuska 1986).
_RATIO = 0.15
# Reference corners of the three pieces of a square whose corner (-1, -1) is the singular one; c is
# the cut.
_PIECES = (
    ((-1, -1), ("c", -1), ("c", "c"), (-1, "c")),
    (("c", -1), (1, -1), (1, 1), ("c", "c")),
    (("c", "c"), (1, 1), (-1, 1), (-1, "c")),
)
# Reference coordinates of the first and the last end of each edge, in the order of EDGE_CORNERS.
_ENDS = (
    ((-1.0, -1.0), (1.0, -1.0)),
    ((1.0, -1.0), (1.0, 1.0)),
    ((-1.0, 1.0), (1.0, 1.0)),
    ((-1.0, -1.0), (-1.0, 1.0)),
)


def regions_beside(mesh: SectionMesh) -> tuple[IntArray, IntArray]:
    """The lower and the higher region at each edge; one of the boundary has its own twice."""
    low = np.full(mesh.edges.shape[0], mesh.region.max())
    high = np.zeros_like(low)
    np.minimum.at(low, mesh.element_edges.ravel(), np.repeat(mesh.region, 4))
    np.maximum.at(high, mesh.element_edges.ravel(), np.repeat(mesh.region, 4))
    return low, high


def singular_vertices(mesh: SectionMesh) -> IntArray:
    """Vertices where an interface has a corner or more than two of its branches meet."""
    low, high = regions_beside(mesh)
    interface = low != high
    tangents: dict[int, dict[int, Array]] = {}
    for vertex, edge, direction in _leaving(mesh, *np.nonzero(interface[mesh.element_edges])):
        tangents.setdefault(vertex, {})[edge] = direction
    on_wall = np.zeros(mesh.vertices, dtype=bool)
    on_wall[mesh.edges[mesh.outer_edges]] = True
    found = []
    for vertex, branches in tangents.items():
        directions = list(branches.values())
        # An interface that ends at the outer boundary has one branch there, and no corner.
        if on_wall[vertex]:
            continue
        if (
            len(directions) != 2
            or math.pi - math.acos(np.clip(directions[0] @ directions[1], -1, 1))
            > _STRAIGHT_WITHIN_RAD
        ):
            found.append(vertex)
    return np.array(sorted(found), dtype=np.int64)


def _leaving(
    mesh: SectionMesh, elements: IntArray, sides: IntArray
) -> Iterator[tuple[int, int, Array]]:
    """Both ends of edges of elements: the vertex, the edge, the unit tangent that leaves it."""
    ends = np.array(_ENDS)[sides].reshape(-1, 2)
    _, _, r_s, z_s, r_t, z_t = mesh.positions_at(np.repeat(elements, 2), *ends.T)
    in_s = np.repeat((sides == 0) | (sides == 2), 2)
    along = np.where(in_s, [r_s, z_s], [r_t, z_t]).T
    along /= np.linalg.norm(along, axis=1)[:, None]
    along[1::2] *= -1.0  # from the last end backwards
    vertices = mesh.corners[elements[:, None], np.array(EDGE_CORNERS)[sides]].ravel()
    edges = np.repeat(mesh.element_edges[elements, sides], 2)
    return zip(vertices.tolist(), edges.tolist(), along, strict=True)


def graded(mesh: SectionMesh, vertices: IntArray, layers: int) -> tuple[SectionMesh, IntArray]:
    """A mesh with layers of smaller elements around some vertices, and the element that each new
    one came from.

    Parameters
    ----------
    vertices : (k,) int array
    layers : int
        Each is 0.15 times the size of the last.
    """
    origin = np.arange(mesh.elements)
    for _ in range(layers):
        mesh, parents = _one_layer(mesh, vertices)
        origin = origin[parents]
    return mesh, origin


def _one_layer(mesh: SectionMesh, vertices: IntArray) -> tuple[SectionMesh, IntArray]:
    singular = np.zeros(mesh.vertices, dtype=bool)
    singular[vertices] = True
    touched = singular[mesh.corners]
    # an element between two singular vertices waits until the first is graded and parted from the
    # second
    first = np.where(touched.any(axis=1), np.argmax(touched, axis=1), -1)
    chosen = np.flatnonzero(first >= 0)
    if (touched.sum(axis=1) > 1).any():
        return _one_by_one(mesh, vertices)
    cut = 2 * _RATIO - 1
    pieces = [
        np.array([[cut if x == "c" else x for x in point] for point in piece], dtype=float)
        for piece in _PIECES
    ]
    # Vertices on cut edges, by the two ends of the edge with the singular one first, so that both
    # neighbours of an edge find the same.
    fresh: dict[tuple[int, ...], int] = {}

    def number(*key: int) -> int:
        return fresh.setdefault(key, mesh.vertices + len(fresh))

    corners: list[tuple[int, ...]] = []
    grids, parents = [], []
    for element in chosen:
        around = np.roll(mesh.corners[element], -int(first[element]))
        grids.append(_turned(mesh.nodes[element], int(first[element])))
        v, c1, c2, c3 = (int(x) for x in around)
        a, b, middle = number(v, c1), number(v, c3), number(v, -1 - int(element))
        vertices_of = ((v, a, middle, b), (a, c1, c2, middle), (middle, c2, c3, b))
        corners += vertices_of
        parents += 3 * [int(element)]
    turned = np.array(grids).reshape(-1, *mesh.nodes.shape[1:])
    nodes = np.stack([_mapped(turned, piece) for piece in pieces], axis=1)
    rest = np.setdiff1d(np.arange(mesh.elements), chosen)
    boundary = {name: _cut_pairs(pairs, fresh) for name, pairs in mesh.boundary.items()}
    origin = np.concatenate([rest, np.array(parents, dtype=np.int64)])
    new = replace(
        mesh,
        corners=np.concatenate(
            [mesh.corners[rest], np.array(corners, dtype=np.int64).reshape(-1, 4)]
        ),
        nodes=np.concatenate([mesh.nodes[rest], nodes.reshape(-1, *mesh.nodes.shape[1:])]),
        region=mesh.region[origin],
        boundary=boundary,
    )
    return new, origin


def _one_by_one(mesh: SectionMesh, vertices: IntArray) -> tuple[SectionMesh, IntArray]:
    origin = np.arange(mesh.elements)
    for vertex in vertices:
        mesh, parents = _one_layer(mesh, np.array([vertex]))
        origin = origin[parents]
    return mesh, origin


def _turned(nodes: Array, corner: int) -> Array:
    """Nodes of an element turned so that a corner comes first."""
    for _ in range(corner):
        nodes = np.flip(nodes.transpose(1, 0, 2), 1)
    return nodes


def _mapped(nodes: Array, piece: Array) -> Array:
    """Positions at the Gauss-Lobatto points of a quadrilateral in the reference square of each
    element.
    """
    degree = nodes.shape[1] - 1
    at = bilinear(piece, degree)
    values_s, values_t = (lagrange(degree, at[..., c].ravel())[0] for c in (0, 1))
    both = values_s[:, :, None] * values_t[:, None, :]
    flat = nodes.reshape(nodes.shape[0], (degree + 1) ** 2, 2)
    return np.asarray(both.reshape(both.shape[0], -1) @ flat).reshape(nodes.shape)


@lru_cache(maxsize=16)
def square_grid(degree: int) -> Array:
    """Gauss-Lobatto points of the reference square."""
    x = lobatto(degree + 1)
    return np.stack(np.meshgrid(x, x, indexing="ij"), axis=-1)


def bilinear(corners: Array, degree: int) -> Array:
    """Gauss-Lobatto points of the reference square, mapped bilinearly onto four corners."""
    grid = square_grid(degree)
    s, t = grid[..., :1], grid[..., 1:]
    a, b, c, d = corners
    return np.asarray(
        (
            (1 - s) * (1 - t) * a
            + (1 + s) * (1 - t) * b
            + (1 + s) * (1 + t) * c
            + (1 - s) * (1 + t) * d
        )
        / 4
    )


def _cut_pairs(pairs: IntArray, fresh: dict[tuple[int, ...], int]) -> IntArray:
    """Edges of a tagged curve, cut where their elements were."""
    out: list[tuple[int, int]] = []
    for a, b in pairs.tolist():
        near_a, near_b = fresh.get((a, b)), fresh.get((b, a))
        chain = [
            a,
            *([near_a] if near_a is not None else []),
            *([near_b] if near_b is not None else []),
            b,
        ]
        out += itertools.pairwise(chain)
    return np.array(out, dtype=np.int64).reshape(-1, 2)
