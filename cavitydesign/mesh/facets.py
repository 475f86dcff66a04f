"""How far the edges of a mesh lie from the smooth curves that they stand for.

The nodes of an edge lie on its curve; between them the edge is a polynomial, and the curve is not.
A polynomial of a higher degree through the nodes of an edge and the nearest of its neighbour's
stands for the curve: for straight facets it knows how much the neighbour turns, for curved edges
the next terms of the series. Where a curve has a corner, or ends on another, the neighbour on that
side says nothing; where one side alone asks for far less than both, it counts, so that a straight
side next to an arc stays straight.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from ..arrays import Array, IntArray
from .facet_points import Facets
from .files.splitting import FileElements, FileMesh, positions_in

# Turning of straight facets, and of curved edges, beyond which a corner is meant, rad: smooth
# curves meshed with fewer than eight facets a turn are not told from polygons.
_CORNER_OF_FACETS, _CORNER_OF_CURVES = 0.8, 0.3
_BEYOND = 2  # nodes of the neighbour that the higher polynomial takes
_ANOTHER_LAW = 3.0  # times the offsets through one side: an arc that joins a straight side has 1e3
_SAMPLES = 5  # Gauss points an edge; the displacement is of one sign, or of few waves
_LEAST_CURVATURE = 1e-13  # of an edge's length: rounding


@dataclass(frozen=True, eq=False)
class _Edges:
    """Interface edges: end points, nodes along them, and the two regions that they part."""

    ends: IntArray
    nodes: Array
    regions: list[tuple[int, int]]


def facets_of(given: FileMesh) -> Facets | None:
    """Displacements of all interfaces of a mesh as its file has it; None if it has no interface."""
    degree = max(group.degree for group in given.groups)
    edges = _interfaces(given, degree)
    if not len(edges.ends):
        return None
    corner = _CORNER_OF_FACETS if degree == 1 else _CORNER_OF_CURVES
    at = defaultdict(list)
    for number, (ends, regions) in enumerate(zip(edges.ends, edges.regions, strict=True)):
        for end in (0, 1):
            at[int(ends[end]), regions].append((number, end))
    samples, weights = np.polynomial.legendre.leggauss(_SAMPLES)
    even = np.linspace(-1.0, 1.0, degree + 1)
    points, normals, offsets, lengths = [], [], [], []
    for number, nodes in enumerate(edges.nodes):
        if not np.any(nodes[-1] - nodes[0]):
            continue  # of no length: elements of no area are refused where meshes are checked
        frame = _frame(nodes)
        local = (nodes - nodes[0]) @ frame.T / np.linalg.norm(nodes[-1] - nodes[0])
        along, slope = _interpolated(even, local, samples)
        size = float(np.linalg.norm(nodes[-1] - nodes[0]))
        beyond = [
            (one - nodes[0]) @ frame.T / size
            for end in (0, 1)
            if (one := _nodes_beyond(edges, at, number, end, corner)) is not None
        ]
        offset = _best_offsets(local, beyond, along)
        speed = np.hypot(slope[:, 0], slope[:, 1])
        normal = np.stack([-slope[:, 1], slope[:, 0]], axis=1) / speed[:, None]
        points.append(nodes[0] + size * along @ frame)
        normals.append(normal @ frame)
        offsets.append(size * offset * slope[:, 0] / speed)
        lengths.append(size * weights * speed)
    if not points:
        return None
    return Facets(*(np.concatenate(part) for part in (points, normals, offsets, lengths)))


def _interfaces(given: FileMesh, degree: int) -> _Edges:
    """Edges between two regions, each once, with degree + 1 even nodes."""
    even = np.linspace(-1.0, 1.0, degree + 1)
    ends_of, nodes_of, region_of = [], [], []
    for group in given.groups:
        positions = positions_in(given.points, group, _along_sides(group, even))
        sides = np.arange(group.sides)
        ends_of.append(
            np.stack([group.nodes[:, sides], group.nodes[:, (sides + 1) % group.sides]], axis=2)
        )
        nodes_of.append(positions.reshape(len(group.nodes), group.sides, degree + 1, 2))
        region_of.append(np.repeat(group.region[:, None], group.sides, axis=1))
    ends = np.concatenate([one.reshape(-1, 2) for one in ends_of])
    nodes = np.concatenate([one.reshape(-1, degree + 1, 2) for one in nodes_of])
    region = np.concatenate([one.ravel() for one in region_of])
    key = ends.min(axis=1) * (int(ends.max()) + 1) + ends.max(axis=1)
    order = np.argsort(key, kind="stable")
    twin = np.flatnonzero(key[order][1:] == key[order][:-1])
    first, second = order[twin], order[twin + 1]
    parts = region[first] != region[second]
    first, second = first[parts], second[parts]
    pairs = [
        (int(min(a, b)), int(max(a, b))) for a, b in zip(region[first], region[second], strict=True)
    ]
    return _Edges(ends[first], nodes[first], pairs)


def _along_sides(group: FileElements, even: Array) -> Array:
    """Reference points along each side of an element, shape (sides * points, 2)."""
    corners = group.local[: group.sides]
    share = 0.5 * (even + 1.0)
    return np.concatenate(
        [
            corners[i] + share[:, None] * (corners[(i + 1) % group.sides] - corners[i])
            for i in range(group.sides)
        ]
    )


def _frame(nodes: Array) -> Array:
    """Unit vectors along the chord and across it, as rows."""
    along = (nodes[-1] - nodes[0]) / np.linalg.norm(nodes[-1] - nodes[0])
    return np.array([along, [-along[1], along[0]]])


def _nodes_beyond(
    edges: _Edges,
    at: dict[tuple[int, tuple[int, int]], list[tuple[int, int]]],
    number: int,
    end: int,
    corner: float,
) -> Array | None:
    """The first nodes past an end of an edge along its curve; None past a corner or a branching."""
    out: list[Array] = []
    while len(out) < _BEYOND:
        vertex = int(edges.ends[number][end])
        others = [one for one in at[vertex, edges.regions[number]] if one[0] != number]
        if len(others) != 1:
            break
        neighbour, near = others[0]
        leaving = edges.nodes[number] if end else edges.nodes[number][::-1]
        coming = edges.nodes[neighbour][::-1] if near else edges.nodes[neighbour]
        if _turning(leaving, coming) > corner:
            break
        out += list(coming[1 : 1 + _BEYOND - len(out)])
        number, end = neighbour, 1 - near
    return np.array(out) if out else None


def _turning(leaving: Array, coming: Array) -> float:
    """Angle between the last direction of an edge and the first of the next."""
    even = np.linspace(-1.0, 1.0, len(leaving))
    last = _interpolated(even, leaving, np.ones(1))[1][0]
    first = _interpolated(even, coming, -np.ones(1))[1][0]
    cosine = float(last @ first / (np.linalg.norm(last) * np.linalg.norm(first)))
    return math.acos(max(-1.0, min(1.0, cosine)))


def _interpolated(nodes: Array, values: Array, x: Array) -> tuple[Array, Array]:
    """The polynomial through values at nodes, and its slope, at x."""
    vander = np.polynomial.legendre.legvander
    series = np.linalg.solve(vander(nodes, len(nodes) - 1), values)
    slope = np.polynomial.legendre.legder(series)
    at, along = vander(x, len(nodes) - 1) @ series, vander(x, len(nodes) - 2) @ slope
    return np.asarray(at), np.asarray(along)


def _best_offsets(local: Array, beyond: list[Array], along: Array) -> Array:
    """Offsets through the neighbours on both sides, unless one side alone has far smaller ones:
    then the curve changes its law at the other end.
    """
    alone = [one for more in beyond if (one := _offsets(local, more, along)) is not None]
    if not alone:
        return _own_offsets(local, along)
    least = min(alone, key=lambda one: float(abs(one).max()))
    if len(alone) < 2:
        return least
    both = _offsets(local, np.concatenate(beyond), along)
    if both is None or abs(both).max() > _ANOTHER_LAW * abs(least).max():
        return least
    return both


def _offsets(local: Array, more: Array, along: Array) -> Array | None:
    """Height of the curve through all nodes above the edge, in units of the chord; None where the
    nodes turn too far to be a height over the chord.
    """
    nodes = np.concatenate([local, more])
    x = nodes[:, 0]
    order = np.argsort(x)
    low, high = float(x.min()), float(x.max())
    if np.diff(x[order]).min() < 0.1 * (high - low) / len(x) ** 2:
        return None
    to_unit = 2.0 / (high - low)
    vander = np.polynomial.legendre.legvander
    series = np.linalg.solve(vander(to_unit * (x - low) - 1.0, len(x) - 1), nodes[:, 1])
    height = vander(to_unit * (along[:, 0] - low) - 1.0, len(x) - 1) @ series
    return _rounded(height - along[:, 1])


def _own_offsets(local: Array, along: Array) -> Array:
    """Height of the curve above an edge without smooth neighbours: what its last node changes."""
    if len(local) < 3:
        return np.zeros(len(along))
    kept = np.delete(local, len(local) // 2, axis=0)
    x = kept[:, 0]
    series = np.polynomial.legendre.legfit(2 * x - 1, kept[:, 1], len(x) - 1)
    height = np.polynomial.legendre.legval(2 * along[:, 0] - 1, series)
    return _rounded(height - along[:, 1])


def _rounded(offset: Array) -> Array:
    return np.where(abs(offset) < _LEAST_CURVATURE, 0.0, offset)
