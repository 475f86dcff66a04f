"""Where a section ends: at metal or mirrors that are meant, or where it is cut and the world goes
on.

The media along the outer side, from below upwards, are taken to run on for ever: a substrate,
slabs, the surround.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..arrays import Array, IntArray
from .section import EDGE_CORNERS, SLACK, SectionMesh

End = Literal["open", "electric", "magnetic", "mixed", "none"]


@dataclass(frozen=True)
class SectionEnds:
    """The three sides of a section from which waves may leave.

    Attributes
    ----------
    outer, lower, upper : {"open", "electric", "magnetic", "mixed", "none"}
        What the side away from the axis, the one below and the one above are: cuts, metal or
        mirrors that are meant, both ("mixed"), or no side at all.
    regions : tuple of int or None
        Regions along the outer side from below upwards; None if a height has two.
    heights_um : tuple of float
        Where they meet.
    straight : bool
        Whether all sides away from the axis run along r or z.
    """

    outer: End
    lower: End
    upper: End
    regions: tuple[int, ...] | None
    heights_um: tuple[float, ...]
    straight: bool

    @property
    def closed(self) -> bool:
        """Whether walls that are meant surround the section: nothing radiates."""
        walls = ("electric", "magnetic", "none")
        return all(side in walls for side in (self.outer, self.lower, self.upper))

    @property
    def between_plates(self) -> bool:
        """Whether no half space is open, below or above."""
        return "open" not in (self.lower, self.upper)

    @property
    def told(self) -> bool:
        """Whether the sides tell what lies around the section: media that run on outwards, and
        media, metal or mirrors below and above.
        """
        mixed = "mixed" in (self.lower, self.upper)
        return self.regions is not None and self.outer == "open" and not mixed


def section_ends(
    mesh: SectionMesh, electric: tuple[str, ...], magnetic: tuple[str, ...]
) -> SectionEnds:
    """The ends of a section whose tagged curves are metal and mirrors."""
    edges, owners, r, z, normal_r, normal_z = _outer_edges(mesh)
    kind = np.zeros(edges.size, dtype=np.int64)
    kind[np.isin(edges, mesh.tagged_edges(n for n in electric if n in mesh.boundary))] = 1
    kind[np.isin(edges, mesh.tagged_edges(n for n in magnetic if n in mesh.boundary))] = 2
    low_r, high_r, low_z, high_z = mesh.extent_um
    size = max(high_r - low_r, high_z - low_z)
    off_axis = r.max(axis=1) > SLACK * size
    side = np.where(normal_r > abs(normal_z), 0, np.where(normal_z < -abs(normal_r), 1, 2))
    inner = (normal_r < 0) & (abs(normal_r) >= abs(normal_z))
    sides = [off_axis & ~inner & (side == i) for i in range(3)]
    ends = [_kind(kind[chosen]) for chosen in sides]
    for i in (1, 2):  # layers end at flat walls only
        if ends[i] in ("electric", "magnetic") and np.ptp(z[sides[i]]) > SLACK * size:
            ends[i] = ends[i] if ends == [ends[i]] * 3 else "mixed"
    facing = (normal_r > SLACK * size) & (abs(np.diff(z, axis=1)[:, 0]) > SLACK * size)
    regions, heights = _regions(z[facing], mesh.region[owners[facing]], SLACK * size)
    slant = np.minimum(abs(normal_r), abs(normal_z))[off_axis]
    straight = not bool((slant > SLACK * size).any())
    return SectionEnds(ends[0], ends[1], ends[2], regions, heights, straight)


def _kind(kinds: IntArray) -> End:
    if not kinds.size:
        return "none"
    names: tuple[End, End, End] = ("open", "electric", "magnetic")
    return names[int(kinds[0])] if (kinds == kinds[0]).all() else "mixed"


def _outer_edges(mesh: SectionMesh) -> tuple[IntArray, IntArray, Array, Array, Array, Array]:
    """Boundary edges: number, element, r and z of both ends, and the outward normal times the
    length.
    """
    owner, side = np.nonzero(mesh.at_boundary()[mesh.element_edges])
    corner = mesh.corner_nodes
    pairs = np.array(EDGE_CORNERS)[side]
    ends = corner[owner[:, None], pairs]
    along = ends[:, 1] - ends[:, 0]
    normal_r, normal_z = along[:, 1].copy(), -along[:, 0].copy()
    inside = corner[owner].mean(axis=1) - ends.mean(axis=1)
    inwards = normal_r * inside[:, 0] + normal_z * inside[:, 1] > 0
    normal_r[inwards] *= -1
    normal_z[inwards] *= -1
    return mesh.element_edges[owner, side], owner, ends[..., 0], ends[..., 1], normal_r, normal_z


def _regions(
    z: Array, region: IntArray, same: float
) -> tuple[tuple[int, ...] | None, tuple[float, ...]]:
    """Regions of edges from below upwards and the heights where they change."""
    if not region.size:
        return None, ()
    low, high = z.min(axis=1), z.max(axis=1)
    upwards = np.argsort(low)
    low, high, region = low[upwards], high[upwards], region[upwards]
    # Edges that overlap in height, or leave a gap, are no stack of layers.
    if (abs(low[1:] - high[:-1]) > same).any():
        return None, ()
    change = np.flatnonzero(np.diff(region))
    chain = (int(region[0]), *(int(i) for i in region[change + 1]))
    return chain, tuple(float(x) for x in high[change])
