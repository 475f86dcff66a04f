"""From the triangles and quadrilaterals of a file to conforming curved quadrilaterals.

A mesh of quadrilaterals stays as it is. If it holds triangles, each is cut into three
quadrilaterals through its centroid and the middles of its edges, and each quadrilateral into four,
all in the reference element: the element's own curved map is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import Array, IntArray
from ...errors import InputError
from ..corners import bilinear, square_grid
from ..section import SectionMesh, anticlockwise

# The four points of an element, by their numbers below, at the corners of each piece
_TRIANGLE_PIECES = ((0, 3, 6, 5), (1, 4, 6, 3), (2, 5, 6, 4))
# Corners, middles of the edges and centre of the reference triangle, in the order of meshio
TRIANGLE_POINTS = np.array([[0, 0], [1, 0], [0, 1], [0.5, 0], [0.5, 0.5], [0, 0.5], [1 / 3, 1 / 3]])
# A square's four quarters
_SQUARE_PIECES = ((0, 4, 8, 7), (1, 5, 8, 4), (2, 6, 8, 5), (3, 7, 8, 6))
# The same of a square
SQUARE_POINTS = np.array(
    [[-1, -1], [1, -1], [1, 1], [-1, 1], [0, -1], [1, 0], [0, 1], [-1, 0], [0, 0]], dtype=float
)


@dataclass(frozen=True, eq=False)
class FileElements:
    """Elements of one kind as a file has them.

    Parameters
    ----------
    sides : int
        3 or 4.
    degree : int
        Of the geometry.
    local : (k, 2) array
        Reference positions of the nodes: in the triangle (0,0), (1,0), (0,1), or in the square [-1,
        1]^2; corners first.
    nodes : (n, k) int array
        Numbers into the file's points.
    region : (n,) int array
        Index of each element's region.
    """

    sides: int
    degree: int
    local: Array
    nodes: IntArray
    region: IntArray


@dataclass(frozen=True, eq=False)
class FileMesh:
    """All that a file says about a section.

    Parameters
    ----------
    points : (p, 2) array
        Positions (r, z) in um.
    groups : tuple of FileElements
    region_names : tuple of str
    boundary : mapping of str to (k, 2) int arrays
        Point pairs of the curves' elements.
    """

    points: Array
    groups: tuple[FileElements, ...]
    region_names: tuple[str, ...]
    boundary: Mapping[str, IntArray]


def conforming_mesh(given: FileMesh) -> SectionMesh:
    """One mesh of quadrilaterals from all elements of a file."""
    points, groups, region_names, boundary = (
        given.points,
        given.groups,
        given.region_names,
        given.boundary,
    )
    degree = max(group.degree for group in groups)
    if all(group.sides == 4 for group in groups):
        corners = np.concatenate([group.nodes[:, :4] for group in groups])
        pieces = [
            _mapped(points, group, square_grid(degree)[None], degree)[:, 0] for group in groups
        ]
        region = np.concatenate([group.region for group in groups])
        return _numbered(corners, np.concatenate(pieces), region, region_names, boundary)
    halves = _edge_middles(points, groups)
    corners_of, nodes_of, regions_of = [], [], []
    centre = points.shape[0] + len(halves.pairs)
    for group in groups:
        sides = group.sides
        middles = halves.numbers(
            np.stack([group.nodes[:, [i, (i + 1) % sides]] for i in range(sides)], axis=1)
        )
        centres = centre + np.arange(len(group.nodes))
        centre += len(group.nodes)
        known = np.concatenate([group.nodes[:, :sides], middles, centres[:, None]], axis=1)
        pieces_of = _TRIANGLE_PIECES if sides == 3 else _SQUARE_PIECES
        reference = TRIANGLE_POINTS if sides == 3 else SQUARE_POINTS
        grids = np.stack([bilinear(reference[list(piece)], degree) for piece in pieces_of])
        nodes_of.append(
            _mapped(points, group, grids, degree).reshape(-1, degree + 1, degree + 1, 2)
        )
        corners_of.append(
            np.stack([known[:, list(piece)] for piece in pieces_of], axis=1).reshape(-1, 4)
        )
        regions_of.append(np.repeat(group.region, len(pieces_of)))
    halved = {}
    for name, pairs in boundary.items():
        middle = halves.numbers(pairs[:, None, :])[:, 0]
        good = middle >= 0
        left, right = pairs[good, 0], pairs[good, 1]
        halves_of = (np.stack([left, middle[good]], 1), np.stack([middle[good], right], 1))
        halved[name] = np.concatenate(
            [*halves_of, pairs[~good]]
        )  # a stray pair stays, to be refused
    return _numbered(
        np.concatenate(corners_of),
        np.concatenate(nodes_of),
        np.concatenate(regions_of),
        region_names,
        halved,
    )


@dataclass(frozen=True, eq=False)
class _Middles:
    """Numbers of new vertices at the middles of edges."""

    first: int
    width: int
    pairs: IntArray

    def numbers(self, ends: IntArray) -> IntArray:
        """Vertex at the middle of each pair in the last axis; -1 where the pair is no edge."""
        low, high = ends.min(axis=-1), ends.max(axis=-1)
        key = low * self.width + high
        found = np.minimum(np.searchsorted(self.pairs, key), self.pairs.size - 1)
        return np.where(self.pairs[found] == key, self.first + found, -1)


def _edge_middles(points: Array, groups: Sequence[FileElements]) -> _Middles:
    width = points.shape[0] + 1
    keys = []
    for group in groups:
        for i in range(group.sides):
            ends = group.nodes[:, [i, (i + 1) % group.sides]]
            keys.append(ends.min(axis=1) * width + ends.max(axis=1))
    return _Middles(points.shape[0], width, np.unique(np.concatenate(keys)))


def _numbered(
    corners: IntArray,
    nodes: Array,
    region: IntArray,
    names: tuple[str, ...],
    boundary: Mapping[str, IntArray],
) -> SectionMesh:
    """Vertices numbered without gaps, elements anticlockwise."""
    old, inverse = np.unique(corners, return_inverse=True)
    new = np.full(int(old.max()) + 2, -1)
    new[old] = np.arange(old.size)
    corners, nodes = anticlockwise(inverse.reshape(corners.shape), nodes)
    tags = {name: new[np.minimum(pairs, new.size - 1)] for name, pairs in boundary.items()}
    return SectionMesh(corners, nodes, region, names, tags)


def _mapped(points: Array, group: FileElements, grids: Array, degree: int) -> Array:
    """Positions of the elements at grids (pieces, d + 1, d + 1, 2) of reference points; (n, pieces,
    d + 1, d + 1, 2).
    """
    out = positions_in(points, group, grids.reshape(-1, 2))
    return out.reshape(len(group.nodes), grids.shape[0], degree + 1, degree + 1, 2)


def positions_in(points: Array, group: FileElements, at: Array) -> Array:
    """Positions of all elements of a group at reference points, shape (n, points, 2)."""
    transfer = _basis(group, at) @ np.linalg.inv(_basis(group, group.local))
    return np.asarray(np.einsum("qk,nkc->nqc", transfer, points[group.nodes]))


def _basis(group: FileElements, at: Array) -> Array:
    """A polynomial basis of the element's space at reference points."""
    g, count = group.degree, len(group.local)
    scaled = at if group.sides == 4 else 2 * at - 1
    x, y = (np.polynomial.legendre.legvander(scaled[:, i], g) for i in (0, 1))
    powers = _powers(group.sides, g, count)
    return np.stack([x[:, i] * y[:, j] for i, j in powers], axis=1)


def _powers(sides: int, degree: int, count: int) -> list[tuple[int, int]]:
    square = [(i, j) for i in range(degree + 1) for j in range(degree + 1)]
    triangle = [(i, j) for i, j in square if i + j <= degree]
    if sides == 3 and count == len(triangle):
        return triangle
    if sides == 4 and count == len(square):
        return square
    edges_only = [(i, j) for i, j in square if (i if i > 1 else 0) + (j if j > 1 else 0) <= degree]
    if sides == 4 and degree in (2, 3) and count == len(edges_only):
        return edges_only
    kind = "triangles" if sides == 3 else "quadrilaterals"
    raise InputError(
        f"{kind} of degree {degree} with {count} nodes are not understood; save the mesh with "
        "complete elements"
    )
