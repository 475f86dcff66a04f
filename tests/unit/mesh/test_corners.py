"""Corners found, and elements graded towards them, conforming and without change of any region or
curve.
"""

import numpy as np
import pytest

from cavitydesign.mesh.corners import graded, singular_vertices
from cavitydesign.mesh.files.section_check import check_section
from cavitydesign.mesh.section import SectionMesh, lobatto


def bent_block(count: int = 4, degree: int = 3) -> SectionMesh:
    """A square block of index region 0 in the middle of a bent square of region 1; vertices
    numbered at random.
    """
    rng = np.random.default_rng(4)
    ids = rng.permutation((count + 1) ** 2).reshape(count + 1, count + 1)
    x = 0.5 * (lobatto(degree + 1) + 1)
    corners, nodes, region = [], [], []
    for i in range(count):
        for j in range(count):
            u, v = np.meshgrid((i + x) / count, (j + x) / count, indexing="ij")
            at = np.stack([2 + u + 0.1 * np.sin(2 * v), v + 0.1 * u**2], axis=-1)
            around = [ids[i, j], ids[i + 1, j], ids[i + 1, j + 1], ids[i, j + 1]]
            for _ in range(rng.integers(4)):
                around = around[1:] + around[:1]
                at = np.flip(at.transpose(1, 0, 2), 1)
            corners.append(around)
            nodes.append(at)
            region.append(0 if 0 < i < count - 1 and 0 < j < count - 1 else 1)
    edge = np.concatenate(
        [np.stack([line[:-1], line[1:]], 1) for line in (ids[0], ids[-1], ids[:, 0], ids[:, -1])]
    )
    rim = np.stack([ids[1, 1:-2], ids[1, 2:-1]], 1)
    return SectionMesh(
        np.array(corners),
        np.array(nodes),
        np.array(region),
        ("body", "surround"),
        {"outer": edge, "rim": rim},
    )


def areas(mesh: SectionMesh) -> list[float]:
    x, w = np.polynomial.legendre.leggauss(2 * mesh.degree + 2)
    _, _, r_s, z_s, r_t, z_t = mesh.positions(x, x)
    share = np.einsum("nij,i,j->n", r_s * z_t - r_t * z_s, w, w)
    return [float(share[mesh.region == i].sum()) for i in (0, 1)]


def test_the_corners_of_a_block_are_found() -> None:
    mesh = bent_block()
    place = np.zeros((mesh.vertices, 2))
    place[mesh.corners] = mesh.nodes[:, [0, -1, -1, 0], [0, 0, -1, -1]]
    u = np.array([[0.25, 0.25], [0.25, 0.75], [0.75, 0.25], [0.75, 0.75]])
    expected = np.stack(
        [2 + u[:, 0] + 0.1 * np.sin(2 * u[:, 1]), u[:, 1] + 0.1 * u[:, 0] ** 2], axis=1
    )
    found = place[singular_vertices(mesh)]
    assert found.shape == (4, 2)
    for corner in expected:
        assert np.hypot(*(found - corner).T).min() < 1e-12


@pytest.mark.parametrize("layers", [1, 3])
def test_grading_keeps_regions_and_curves(layers: int) -> None:
    mesh = bent_block()
    fine, origin = graded(mesh, singular_vertices(mesh), layers)
    check_section(fine, "graded")
    assert fine.elements == mesh.elements + 4 * 4 * 2 * layers
    assert np.array_equal(fine.region, mesh.region[origin])
    assert areas(fine) == pytest.approx(areas(mesh), rel=1e-13)
    assert np.array_equal(fine.tagged_edges(["outer"]), fine.outer_edges)
    assert len(fine.boundary["rim"]) == len(mesh.boundary["rim"]) + 2 * layers
    sizes = np.abs(fine.determinants(3)).max(axis=(1, 2))
    assert sizes.min() < 1.5 * 0.15 ** (2 * layers) * sizes.max()
    assert np.array_equal(np.sort(singular_vertices(fine)), np.sort(singular_vertices(mesh)))


def test_an_element_between_two_corners_is_graded_at_both() -> None:
    mesh = bent_block(count=3)
    fine, _ = graded(mesh, singular_vertices(mesh), 2)
    check_section(fine, "graded")
    assert areas(fine) == pytest.approx(areas(mesh), rel=1e-13)
