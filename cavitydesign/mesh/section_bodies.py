"""The bodies of a section: pieces that may share a mode, as two disks over each other or two rings
side by side do.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array, BoolArray, IntArray
from .section import SLACK, SectionMesh

# Bodies whose optical circumferences n R differ by more have modes of one azimuthal order at
# wavelengths so far apart that neither moves the other.
_ALIKE = 0.7
_GUIDING = 1.01  # of the surround's index


def body_numbers(mesh: SectionMesh, body: int, index: Array) -> IntArray:
    """Number of the body that each element belongs to, the region `body` first; -1 elsewhere.

    A body is a connected piece of the region `body`, or one of another region that neither touches
    that region (a stem, a fibre, a coating) nor ends with the section where the body does not (a
    substrate), and whose index times radius is like the body's. With a body go the layers of its
    rim (`_with_layers`).

    Parameters
    ----------
    mesh : SectionMesh
    body : int
        The region named so; the surround is the last one.
    index : (regions,) array
        Refractive index of each region, the higher one of a uniaxial medium.
    """
    piece, of_body = _pieces(mesh), mesh.region == body
    radius = mesh.nodes[..., 0].max(axis=(1, 2))
    optical = index[mesh.region] * radius
    touched = np.zeros(mesh.edges.shape[0], dtype=bool)
    touched[mesh.element_edges[of_body]] = True
    touches = np.asarray(touched[mesh.element_edges].any(axis=1))
    at_sides = _at_sides(mesh)
    allowed = np.any(at_sides[of_body], axis=0)
    largest = float(optical[of_body].max())
    out = np.full(mesh.elements, -1)
    mine: list[int] = []
    others: list[int] = []
    for number in np.unique(piece[mesh.region != index.size - 1]):
        elements = piece == number
        region = int(mesh.region[elements][0])
        like = _ALIKE < float(optical[elements].max()) / largest < 1.0 / _ALIKE
        if region == body:
            (mine if like else []).append(number)
        elif (
            like
            and index[region] > _GUIDING * index[-1]
            and not np.any(touches[elements])
            and not np.any(np.any(at_sides[elements], axis=0) & ~allowed)
        ):
            others.append(number)
    out[of_body] = 0
    mine.sort(key=lambda number: -float(optical[piece == number].max()))
    for renumbered, number in enumerate((*mine, *others)):
        out[piece == number] = renumbered
    ends = np.any(at_sides & ~allowed, axis=1)
    return _with_layers(mesh, out, piece, index, ends)


def _with_layers(
    mesh: SectionMesh, numbers: IntArray, piece: IntArray, index: Array, ends: BoolArray
) -> IntArray:
    """The numbers with the layers at the rim of each body: what touches it at the height of its
    rim, guides, and has an index times radius like the body's; outside the body only what has a
    higher index.

    The modes of a coated sphere lie in core and coating together, whichever is named the body: of a
    core of 15 um in 0.34 um of index 1.57 a tenth of p = 1 lies in the core, and p = 2 had its
    name.

    Parameters
    ----------
    numbers : (elements,) array
        Of the bodies so far.
    piece : (elements,) array
        Connected piece of one region that an element belongs to.
    ends : (elements,) array
        Whether an element ends with the section where the body does not.
    """
    radius = mesh.nodes[..., 0].max(axis=(1, 2))
    optical = index[mesh.region] * radius
    free = mesh.region != index.size - 1
    out = numbers.copy()
    for number in range(int(numbers.max()) + 1):
        body = numbers == number
        own = float(index[mesh.region[body]].max())
        largest, reach = float(optical[body].max()), float(radius[body].max())
        for candidate in np.unique(piece[free & (out < 0)]):
            layer = piece == candidate
            there = float(index[mesh.region[layer]][0])
            if (
                there > _GUIDING * index[-1]
                and _ALIKE < float(optical[layer].max()) / largest < 1.0 / _ALIKE
                and (there > own or float(radius[layer].max()) <= reach)
                and not ends[layer].any()
                and _meet_at_rim(mesh, body, layer)
            ):
                out[layer] = number
    return out


def _meet_at_rim(mesh: SectionMesh, body: BoolArray, layer: BoolArray) -> bool:
    """Whether a layer touches a body along edges that face away from the axis or towards it, at
    the height where the body is widest.
    """
    touched = np.zeros((2, mesh.edges.shape[0]), dtype=bool)
    for row, elements in zip(touched, (body, layer), strict=True):
        row[mesh.element_edges[elements]] = True
    ends = mesh.vertex_positions[mesh.edges[touched.all(axis=0)]]
    along = abs(ends[:, 1] - ends[:, 0])
    z = ends[along[:, 1] > along[:, 0]][..., 1]
    if not z.size:
        return False
    nodes = mesh.nodes[body]
    widest = nodes[..., 0] > (1.0 - SLACK) * nodes[..., 0].max()
    rim = float(nodes[..., 1][widest].mean())
    near = SLACK * float(np.ptp(nodes[..., 1]))
    return bool(z.min() - near <= rim <= z.max() + near)


def _pieces(mesh: SectionMesh) -> IntArray:
    """Number of the connected piece of one region that each element belongs to."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    owner = np.repeat(np.arange(mesh.elements), 4)
    edge = mesh.element_edges.ravel()
    by_edge = np.argsort(edge, kind="stable")
    pair = np.flatnonzero(np.diff(edge[by_edge]) == 0)
    one, other = owner[by_edge[pair]], owner[by_edge[pair + 1]]
    same = mesh.region[one] == mesh.region[other]
    ones = np.ones(int(np.count_nonzero(same)))
    graph = csr_array((ones, (one[same], other[same])), shape=(mesh.elements,) * 2)
    return np.asarray(connected_components(graph, directed=False)[1])


def _at_sides(mesh: SectionMesh) -> BoolArray:
    """Whether elements reach the section's largest r, lowest z or highest z, shape (elements,
    3).
    """
    _, high_r, low_z, high_z = mesh.extent_um
    near = SLACK * max(high_r, high_z - low_z)
    r, z = mesh.nodes[..., 0], mesh.nodes[..., 1]
    sides = (
        r.max(axis=(1, 2)) > high_r - near,
        z.min(axis=(1, 2)) < low_z + near,
        z.max(axis=(1, 2)) > high_z - near,
    )
    return np.stack(sides, axis=1)
