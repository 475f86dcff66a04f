"""What makes a mesh a meridian section: one piece, one boundary, no folded element."""

from __future__ import annotations

import numpy as np

from ...errors import InputError
from ..section import SectionMesh, folded_elements


def check_section(mesh: SectionMesh, source: str) -> None:
    """Refuse what is no meridian section.

    Raises
    ------
    InputError
        One line that begins with the source: positions that are no numbers, folded or empty
        elements, points at r < 0, edges shared by more than two elements, holes, pieces that do not
        touch, tagged curves that are no edges.
    """
    if mesh.elements == 0:
        raise InputError(f"{source}: no elements; a section needs triangles or quadrilaterals")
    if not np.isfinite(mesh.nodes).all():
        raise InputError(f"{source}: a node's position is not a finite number")
    low_r, high_r, low_z, high_z = mesh.extent_um
    size = max(high_r - low_r, high_z - low_z)
    if not 1e-3 < size < 1e5:
        raise InputError(
            f"{source}: the section measures {size:.3g} um; allowed are 0.001 to 100000 (are the "
            "coordinates um? cavity.length_unit says otherwise)"
        )
    if low_r < -1e-6 * size:
        raise InputError(
            f"{source}: a point lies at r = {low_r:.4g} um; x is the distance from the axis, 0 or "
            "more: a section is one half, the axis at x = 0"
        )
    bad = folded_elements(mesh)
    if bad.size:
        r, z = mesh.nodes[bad[0]].reshape(-1, 2).mean(axis=0)
        raise InputError(
            f"{source}: {bad.size} elements are folded or have no area, the first near r = "
            f"{r:.4g}, z = {z:.4g} um"
        )
    if mesh.edge_uses.max() > 2:
        a, _ = mesh.edges[int(np.argmax(mesh.edge_uses))]
        r, z = mesh.vertex_positions[a]
        raise InputError(
            f"{source}: an edge near r = {r:.4g}, z = {z:.4g} um belongs to more than two elements"
        )
    _check_connection(mesh, source)


def _check_connection(mesh: SectionMesh, source: str) -> None:
    """One piece, one boundary, and every tagged curve on edges."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    outer = mesh.edges[mesh.outer_edges]
    at_vertex = np.bincount(outer.ravel(), minlength=mesh.vertices)
    links = csr_array(
        (np.ones(len(mesh.edges)), tuple(mesh.edges.T)), shape=(mesh.vertices, mesh.vertices)
    )
    pieces = connected_components(links, directed=False)[0]
    if pieces > 1:
        raise InputError(
            f"{source}: {pieces} pieces that do not touch; neighbours must share the points of "
            "their common curve"
        )
    # One boundary loop, which passes each of its vertices once: what has more loops has a hole.
    # Vertices inside count as loops of their own and are taken off.
    rim = csr_array((np.ones(len(outer)), tuple(outer.T)), shape=(mesh.vertices, mesh.vertices))
    loops = connected_components(rim, directed=False)[0] - int((at_vertex == 0).sum())
    if loops > 1 or at_vertex.max() > 2:
        raise InputError(
            f"{source}: the section has a hole: elements are missing, or neighbours do not share "
            "their points"
        )
    for name, pairs in mesh.boundary.items():
        if len(mesh.edge_numbers(pairs)) != len(pairs):
            raise InputError(f"{source}: curve {name!r} runs where no element's edge is")
