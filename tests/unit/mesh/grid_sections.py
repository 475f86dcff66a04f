"""Sections made of rectangles on a grid of quadrilaterals, without gmsh."""

from collections.abc import Sequence

import numpy as np

from cavitydesign.mesh.section import SectionMesh, lobatto

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
