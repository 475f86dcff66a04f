"""Small meshes and a window, curved and off any tensor grid, for the tests of finite elements."""

from __future__ import annotations

import numpy as np
from skfem import MeshQuad

from cavitydesign.fem.axial_basis import AxialBasis, axial_eigenfunctions
from cavitydesign.fem.legendre import Line
from cavitydesign.fem.window_space import WindowSpace
from cavitydesign.geometry import Spheroid
from cavitydesign.mesh.rim_map import Layer, OffsetCurve, Window
from cavitydesign.mesh.section import SectionMesh, anticlockwise, lobatto

SPHERE = Spheroid(7.5, 7.5)
RIM = OffsetCurve(SPHERE, 0.0)
WINDOW = Window(
    (
        Layer(OffsetCurve(SPHERE, -1.5), RIM, (-1.5, -0.6, 0.0), 0),
        Layer(RIM, OffsetCurve(SPHERE, 0.7), (0.0, 0.7), 1),
    ),
    (0.0, 1.2, 2.6),
    half=True,
)
RATE = 17.0


def along(wall: str, count: int | None) -> AxialBasis:
    line = Line(WINDOW.t_breaks, 7, wall == "magnetic", False, False, 2)
    if count is None:
        return AxialBasis(line)

    def potential(t: np.ndarray) -> np.ndarray:
        return RATE**2 * ((SPHERE.equator_radius_um / SPHERE.point(t)[0]) ** 2 - 1)

    return axial_eigenfunctions(line, count, lambda t: np.hypot(*SPHERE.tangent(t)), potential)


def window_space(order: int = 5, wall: str = "magnetic", count: int | None = 5) -> WindowSpace:
    return WindowSpace(Line(WINDOW.s_breaks, order, False, False, False, 2), along(wall, count))


def skewed(seed: int = 3) -> MeshQuad:
    """A mesh of skewed quadrilaterals off any tensor grid, vertices numbered at random."""
    rng = np.random.default_rng(seed)
    mesh = MeshQuad.init_tensor(np.linspace(1.0, 2.0, 4), np.linspace(-0.5, 0.5, 4))
    p = mesh.p + 0.06 * rng.uniform(-1, 1, mesh.p.shape)
    renamed = rng.permutation(p.shape[1])
    points = np.empty_like(p)
    points[:, renamed] = p
    corners = renamed[mesh.t[::-1]]  # anticlockwise
    for element in range(corners.shape[1]):
        corners[:, element] = np.roll(corners[:, element], rng.integers(4))
    return MeshQuad(points, corners.astype(np.int32))


def as_section(mesh: MeshQuad, region: np.ndarray | None = None) -> SectionMesh:
    corners = mesh.t.T.astype(np.int64)
    at = mesh.p.T[corners]
    nodes = np.stack([np.stack([at[:, 0], at[:, 3]], 1), np.stack([at[:, 1], at[:, 2]], 1)], 1)
    return SectionMesh(
        corners,
        nodes,
        np.zeros(len(corners), dtype=np.int64) if region is None else region,
        ("body",),
    )


def curved(degree: int = 4) -> SectionMesh:
    """The skewed mesh bent by a smooth map, its elements turned at random."""
    plain = as_section(skewed())
    x = lobatto(degree + 1)
    r, z = plain.positions(x, x)[:2]
    nodes = np.stack([r + 0.1 * np.sin(3 * z), z + 0.08 * np.cos(2 * r)], axis=-1)
    corners, nodes = anticlockwise(plain.corners, nodes)
    return SectionMesh(corners, nodes, plain.region, plain.region_names)
