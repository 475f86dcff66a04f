"""Small sections for tests, without gmsh."""

import math

import numpy as np

from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.files.splitting import FileElements, FileMesh
from cavitydesign.mesh.section import SectionMesh, lobatto
from cavitydesign.mesh.section_cavity import SectionCavity

NODES = {
    3: np.array([[0, 0], [1, 0], [0, 1], [0.5, 0], [0.5, 0.5], [0, 0.5]], dtype=float),
    4: np.array(
        [[-1, -1], [1, -1], [1, 1], [-1, 1], [0, -1], [1, 0], [0, 1], [-1, 0], [0, 0]], dtype=float
    ),
}


def bent(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A smooth, curved image of the unit square, away from the axis."""
    return 2.0 + x + 0.15 * y**2, y + 0.1 * x * (1 - x) * (1 + y)


def unit_square(kind: str, count: int = 3) -> FileMesh:
    """The bent unit square in second-order triangles, quadrilaterals, or both side by side.

    The left half is "body", the right half "surround"; the outer boundary is tagged "outer".
    """
    steps = np.linspace(0.0, 1.0, 4 * count + 1)
    width = steps.size
    grid = np.arange(width**2).reshape(width, width)
    x, y = np.meshgrid(steps, steps, indexing="ij")
    points = np.stack(bent(x.ravel(), y.ravel()), axis=1)
    found: dict[int, list[list[int]]] = {3: [], 4: []}
    regions: dict[int, list[int]] = {3: [], 4: []}
    for i in range(0, width - 1, 2):
        for j in range(0, width - 1, 2):
            a, b, c = grid[i], grid[i + 1], grid[i + 2]
            region = int(i >= (width - 1) // 2)
            square = kind == "quadrilaterals" or (kind == "both" and region)
            if square:
                found[4].append(
                    [a[j], c[j], c[j + 2], a[j + 2], b[j], c[j + 1], b[j + 2], a[j + 1], b[j + 1]]
                )
                regions[4].append(region)
            else:
                found[3].append([a[j], c[j], c[j + 2], b[j], c[j + 1], b[j + 1]])
                found[3].append([a[j], c[j + 2], a[j + 2], b[j + 1], b[j + 2], a[j + 1]])
                regions[3] += [region, region]
    groups = tuple(
        FileElements(sides, 2, NODES[sides], np.array(found[sides]), np.array(regions[sides]))
        for sides in (3, 4)
        if found[sides]
    )
    lines = [grid[::2, 0], grid[::2, -1], grid[0, ::2], grid[-1, ::2]]
    outer = np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in lines])
    return FileMesh(points, groups, ("body", "surround"), {"outer": outer})


def annular_sector(rho: np.ndarray, theta: np.ndarray, rim: float, degree: int = 7) -> SectionMesh:
    """Quadrilaterals in polar coordinates around the origin; "body" inside the rim, "surround"
    outside.

    Vertices are numbered and elements turned at random; the edge at the first angle is tagged
    "lowest".
    """
    rng = np.random.default_rng(0)
    x = lobatto(degree + 1)
    ids = rng.permutation(rho.size * theta.size).reshape(rho.size, theta.size)
    corners, nodes, region = [], [], []
    for i in range(rho.size - 1):
        for j in range(theta.size - 1):
            r = 0.5 * (rho[i] + rho[i + 1]) + 0.5 * (rho[i + 1] - rho[i]) * x
            t = 0.5 * (theta[j] + theta[j + 1]) + 0.5 * (theta[j + 1] - theta[j]) * x
            at = np.stack([r[:, None] * np.cos(t), r[:, None] * np.sin(t)], axis=-1)
            around = [ids[i, j], ids[i + 1, j], ids[i + 1, j + 1], ids[i, j + 1]]
            for _ in range(rng.integers(4)):
                around = around[1:] + around[:1]
                at = np.flip(at.transpose(1, 0, 2), 1)
            corners.append(around)
            nodes.append(at)
            region.append(int(rho[i] >= rim * (1 - 1e-9)))
    lowest = np.stack([ids[:-1, 0], ids[1:, 0]], axis=1)
    return SectionMesh(
        np.array(corners),
        np.array(nodes),
        np.array(region),
        ("body", "surround"),
        {"lowest": lowest},
    )


def holed_sphere(radius: float, index: float, surround: float, wave_um: float) -> SectionCavity:
    """A sphere with a small hole in the middle, and nearly a wavelength around it."""
    rho = radius * np.array([0.02, 0.25, 0.5, 0.75, 0.9, 1.0])
    wave = wave_um / surround
    rows = np.arange(1.15 * radius, 1.15 * radius + 0.9 * wave, 0.4 * wave)
    theta = np.linspace(-0.5 * math.pi, 0.5 * math.pi, 9)
    return SectionCavity.of(
        annular_sector(np.concatenate([rho, rows]), theta, radius),
        {"body": ConstantIndex.of(index), "surround": ConstantIndex.of(surround)},
    )
