"""More of a section's surroundings: elements added outside a cut, where the file's section ends too
near for absorbing layers.

What meets a straight cut runs on behind it as it is: layers, slabs, stems. Around a round section
in one medium, the medium runs on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from ..arrays import Array, BoolArray
from .section import EDGE_CORNERS, SLACK, SectionMesh, anticlockwise, lobatto

Side = Literal["outer", "lower", "upper"]
_OUTWARDS = 0.5  # cosine between an edge's normal and the ray to it, above which it faces outwards


def extended(
    mesh: SectionMesh, side: Side, length_um: float, steps: int, walls: tuple[str, ...]
) -> SectionMesh:
    """The mesh with so many rows of elements added behind a straight side.

    Parameters
    ----------
    mesh : SectionMesh
    side : {"outer", "lower", "upper"}
        Away from the axis, or along it.
    length_um : float
    steps : int
    walls : tuple of str
        Tagged curves that run on outwards where they meet the side.
    """
    axis = 0 if side == "outer" else 1
    sign = -1.0 if side == "lower" else 1.0
    _, high_r, low_z, high_z = mesh.extent_um
    at = {"outer": high_r, "lower": low_z, "upper": high_z}[side]
    slack = SLACK * max(high_r, high_z - low_z)
    positions = mesh.vertex_positions
    on_side = (abs(positions[mesh.edges][:, :, axis] - at) < slack).all(axis=1)
    away = np.zeros(2)
    away[axis] = sign * length_um
    rows = [(1.0, share * away) for share in np.arange(1, steps + 1) / steps]
    return _grown(mesh, mesh.at_boundary() & on_side, rows, walls)


def extended_round(
    mesh: SectionMesh, centre_um: float, factor: float, steps: int, walls: tuple[str, ...]
) -> SectionMesh:
    """The mesh with rows of elements outside its round boundary, each a copy of the boundary seen
    from a point of the axis, the last `factor` times as far.
    """
    ends = mesh.vertex_positions[mesh.edges] - np.array([0.0, centre_um])
    ray, along = ends.mean(axis=1), ends[:, 1] - ends[:, 0]
    turn = abs(ray[:, 0] * along[:, 1] - ray[:, 1] * along[:, 0])
    facing = turn > _OUTWARDS * np.hypot(*ray.T) * np.hypot(*along.T)
    # A boundary edge faces outwards where its element lies on the near side of it.
    owner = np.zeros(mesh.edges.shape[0], dtype=np.int64)
    owner[mesh.element_edges] = np.arange(mesh.elements)[:, None]
    middle = mesh.nodes.mean(axis=(1, 2))[owner] - np.array([0.0, centre_um])
    chosen = mesh.at_boundary() & facing & (np.hypot(*ray.T) > np.hypot(*middle.T))
    centre = np.array([0.0, centre_um])
    # Rows thicken in proportion to their distance, so that the elements keep their shape.
    levels = np.geomspace(1.0, factor, steps + 1)[1:]
    return _grown(mesh, chosen, [(a, (1.0 - a) * centre) for a in levels.tolist()], walls)


def _grown(
    mesh: SectionMesh,
    chosen: BoolArray,
    rows: list[tuple[float, Array]],
    walls: tuple[str, ...],
) -> SectionMesh:
    """The mesh with copies of some boundary edges, factor times the points and a shift for each
    row, and elements between them.
    """
    element, side = np.nonzero(chosen[mesh.element_edges])
    sides = np.array(EDGE_CORNERS)[side]
    pairs = np.stack([mesh.corners[element, sides[:, i]] for i in (0, 1)], axis=1)
    nodes = mesh.nodes[element]
    along = np.stack([nodes[:, :, 0], nodes[:, -1, :], nodes[:, :, -1], nodes[:, 0, :]], axis=1)
    line = along[np.arange(element.size), side]
    vertices = np.unique(pairs)
    index = np.searchsorted(vertices, pairs)
    across = 0.5 * (lobatto(mesh.degree + 1) + 1.0)[None, None, :, None]
    all_corners, all_nodes = [mesh.corners], [mesh.nodes]
    before, low = vertices, line
    numbers = [vertices]
    for number, (factor, shift) in enumerate(rows):
        after = mesh.vertices + number * vertices.size + np.arange(vertices.size)
        high = factor * line + shift
        corners = np.concatenate([before[index], after[index[:, ::-1]]], axis=1)
        between = low[:, :, None] * (1.0 - across) + high[:, :, None] * across
        turned_corners, turned = anticlockwise(corners, between)
        all_corners.append(turned_corners)
        all_nodes.append(turned)
        numbers.append(after)
        before, low = after, high
    table = np.stack(numbers)
    boundary = dict(mesh.boundary)
    for name in walls:
        pairs_of_wall = boundary[name]
        along_side = np.isin(pairs_of_wall, vertices).all(axis=1)
        met = np.isin(vertices, pairs_of_wall[~along_side])
        on = np.stack([table[:-1, met].ravel(), table[1:, met].ravel()], axis=1)
        boundary[name] = np.concatenate([boundary[name], on])
    return replace(
        mesh,
        corners=np.concatenate(all_corners),
        nodes=np.concatenate(all_nodes),
        region=np.concatenate([mesh.region, np.tile(mesh.region[element], len(rows))]),
        boundary=boundary,
    )
