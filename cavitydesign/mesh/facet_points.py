"""Points of a mesh's interfaces, and how far the smooth curves are from them."""

from __future__ import annotations

from dataclasses import dataclass

from ..arrays import Array


# A file of its own, since `section` holds facets and `facets`, which makes them, needs sections.
@dataclass(frozen=True, eq=False)
class Facets:
    """Points of the interfaces of a mesh, and how far the smooth curve is from each.

    Parameters
    ----------
    points_um : (n, 2) array
        r and z on the mesh's edges.
    normals : (n, 2) array
        Unit normals of the edges.
    offsets_um : (n,) array
        Distance of the smooth curve along the normal.
    lengths_um : (n,) array
        Length of edge that each point stands for.
    """

    points_um: Array
    normals: Array
    offsets_um: Array
    lengths_um: Array
