"""Sections made of rectangles on a grid of quadrilaterals, without gmsh."""

from collections.abc import Sequence

import numpy as np

from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section import SectionMesh, lobatto
from cavitydesign.mesh.section_cavity import SectionCavity

Rectangle = tuple[str, float, float, float, float]


def grid_section(
    r: Sequence[float], z: Sequence[float], rectangles: Sequence[Rectangle]
) -> SectionMesh:
    """Quadrilaterals between the given lines; "surround" wherever no rectangle (name, inner and
    outer radius, lowest and highest z) lies. The outer boundary is tagged "outer".
    """
    r, z = np.asarray(r, dtype=float), np.asarray(z, dtype=float)
    x = 0.5 * (lobatto(2) + 1)
    number = np.arange(r.size * z.size).reshape(r.size, z.size)
    names = (*dict.fromkeys(name for name, *_ in rectangles), "surround")
    corners, nodes, region = [], [], []
    for i in range(r.size - 1):
        for j in range(z.size - 1):
            around = [number[i, j], number[i + 1, j], number[i + 1, j + 1], number[i, j + 1]]
            corners.append(around)
            line_r, line_z = r[i] + (r[i + 1] - r[i]) * x, z[j] + (z[j + 1] - z[j]) * x
            nodes.append(np.stack(np.meshgrid(line_r, line_z, indexing="ij"), axis=-1))
            at_r, at_z = 0.5 * (r[i] + r[i + 1]), 0.5 * (z[j] + z[j + 1])
            inside = [
                names.index(name)
                for name, low_r, high_r, low_z, high_z in rectangles
                if low_r < at_r < high_r and low_z < at_z < high_z
            ]
            region.append(inside[-1] if inside else len(names) - 1)
    lines = [number[:, 0], number[:, -1], number[0], number[-1]]
    outer = np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in lines])
    return SectionMesh(
        np.array(corners), np.array(nodes), np.array(region), names, {"outer": outer}
    )


def two_disks(
    name_of_upper: str = "upper", upper_index: float = 2.0, gap_um: float = 0.3
) -> SectionCavity:
    """Two disks over each other (radius 5 um, thickness 0.4 um, cut off at r = 2 um); the upper one
    as a region of its own, or of the body's.
    """
    low, high = 0.5 * gap_um, 0.5 * gap_um + 0.4
    r = [2.0, 3.2, 4.0, 4.4, 4.7, 5.0, 5.2, 5.6, 6.2, 7.0]
    z = [0.0, low, low + 0.2, high, high + 0.2, high + 0.6, high + 1.2, high + 2.0]
    mesh = grid_section(
        r,
        [*(-x for x in reversed(z[1:])), *z],
        [("body", 0.0, 5.0, -high, -low), (name_of_upper, 0.0, 5.0, low, high)],
    )
    media = {"body": ConstantIndex.of(2.0), "surround": ConstantIndex.of(1.0)}
    return SectionCavity.of(mesh, {**media, name_of_upper: ConstantIndex.of(upper_index)})
