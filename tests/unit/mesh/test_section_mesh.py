"""Splitting into conforming quadrilaterals, submeshes, and point location."""

import numpy as np
import pytest
from section_sources import annular_sector, unit_square

from cavitydesign.errors import InputError
from cavitydesign.mesh.files.section_check import check_section
from cavitydesign.mesh.files.splitting import FileMesh, conforming_mesh
from cavitydesign.mesh.locate import Locator
from cavitydesign.mesh.section import SectionMesh, lobatto


def area(mesh: SectionMesh, region: int) -> float:
    x, w = np.polynomial.legendre.leggauss(mesh.degree + 1)
    _, _, r_s, z_s, r_t, z_t = mesh.positions(x, x)
    share = np.einsum("nij,i,j->n", r_s * z_t - r_t * z_s, w, w)
    return float(share[mesh.region == region].sum())


@pytest.mark.parametrize("kind", ["triangles", "quadrilaterals", "both"])
def test_pieces_cover_the_section_and_share_their_edges(kind: str) -> None:
    mesh = conforming_mesh(unit_square(kind))
    check_section(mesh, kind)
    assert set(mesh.edge_uses) == {1, 2}
    assert np.array_equal(mesh.tagged_edges(["outer"]), mesh.outer_edges)
    # int det of (2 + x + 0.15 y^2, y + 0.1 x (1-x)(1+y)) over the halves, by Gauss quadrature of
    # that polynomial
    x, w = np.polynomial.legendre.leggauss(8)
    for region in (0, 1):
        a, b = 0.25 * (x + 1) + 0.5 * region, 0.5 * (x + 1)
        det = (1 + 0.1 * a * (1 - a))[:, None] - 0.3 * b * (0.1 * (1 - 2 * a))[:, None] * (1 + b)
        exact = float(np.einsum("ij,i,j->", det, w, w)) * 0.125
        print(f"{kind} {region}: {area(mesh, region):.8f}, exact {exact:.8f}")
        assert area(mesh, region) == pytest.approx(exact, rel=1e-8)


def test_split_triangle_keeps_its_curved_map() -> None:
    """Positions of the pieces at their corners are those of the triangle's own quadratic map, to
    rounding.
    """
    given = unit_square("triangles", 1)
    mesh = conforming_mesh(given)
    group = given.groups[0]
    corner, one, two, middle, opposite, last = given.points[group.nodes].transpose(1, 0, 2)
    centroid = (4 * (middle + opposite + last) - (corner + one + two)) / 9
    found = mesh.nodes.reshape(-1, 2)
    for point in np.concatenate([centroid, middle, opposite, last]):
        assert np.hypot(*(found - point).T).min() < 1e-14


def test_submesh_and_neighbours() -> None:
    mesh = conforming_mesh(unit_square("both"))
    keep = mesh.region == 0
    part = mesh.chosen(keep)
    assert part.elements == keep.sum() and part.vertices == np.unique(mesh.corners[keep]).size
    assert area(part, 0) == pytest.approx(area(mesh, 0), rel=1e-14)
    cut = np.setdiff1d(part.outer_edges, part.tagged_edges(["outer"]))
    assert cut.size > 0, "the cut between the regions is an untagged boundary"
    grown = mesh.with_neighbours(keep)
    assert (grown & ~keep).any() and (grown >= keep).all() and not grown.all()


@pytest.mark.parametrize("kind", ["triangles", "quadrilaterals", "both"])
def test_points_are_found_where_they_are(kind: str) -> None:
    mesh = conforming_mesh(unit_square(kind))
    rng = np.random.default_rng(7)
    element = rng.integers(0, mesh.elements, 200)
    s, t = rng.uniform(-0.999, 0.999, (2, 200))
    r, z, *_ = mesh.positions_at(element, s, t)
    found, a, b = Locator(mesh).find(r, z)
    assert (found >= 0).all()
    back_r, back_z, *_ = mesh.positions_at(found, a, b)
    print(f"largest distance {np.hypot(back_r - r, back_z - z).max():.1e}")
    assert np.hypot(back_r - r, back_z - z).max() < 1e-10
    assert (found == element).mean() > 0.99, "only points on an edge may land in the neighbour"
    outside, *_ = Locator(mesh).find(np.array([0.5, 9.0]), np.array([0.5, 0.0]))
    assert (outside == -1).all()


def test_positions_interpolate_the_lobatto_points() -> None:
    mesh = annular_sector(np.array([1.0, 1.5, 2.0]), np.array([-0.3, 0.0, 0.4]), 1.5)
    x = lobatto(mesh.degree + 1)
    r, z, *_ = mesh.positions(x, x)
    assert np.allclose(np.stack([r, z], axis=-1), mesh.nodes, atol=1e-14)
    radius = np.hypot(*mesh.positions(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))[:2])
    assert radius.min() == pytest.approx(1.0, abs=1e-9) and radius.max() == pytest.approx(
        2.0, abs=1e-9
    )


def broken(change: str) -> FileMesh:
    given = unit_square("both")
    points, groups, boundary = given.points.copy(), list(given.groups), dict(given.boundary)
    if change == "nan":
        points[30] = np.nan
    elif change == "negative":
        points[:, 0] -= 2.5
    elif change == "folded":
        points[groups[0].nodes[3, 0]] += [0.7, 0.7]
    elif change == "flat":
        points[:, 1] = 0.0
    elif change == "huge":
        points *= 1e9
    elif change == "hole":
        group = groups[1]
        keep = np.arange(len(group.nodes)) != 4
        groups[1] = type(group)(4, 2, group.local, group.nodes[keep], group.region[keep])
    elif change == "apart":
        points = np.concatenate([points, points])
        group = groups[1]
        groups[1] = type(group)(4, 2, group.local, group.nodes + len(given.points), group.region)
        boundary = {}
    elif change == "stray curve":
        boundary["rim"] = np.array([[0, 40]])
    return FileMesh(points, tuple(groups), given.region_names, boundary)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("nan", "not a finite number"),
        ("negative", "distance from the axis"),
        ("folded", "folded or have no area"),
        ("flat", "folded or have no area"),
        ("huge", "coordinates um"),
        ("hole", "hole"),
        ("apart", "pieces that do not touch"),
        ("stray curve", "no element's edge"),
    ],
)
def test_what_is_no_section_is_refused(change: str, word: str) -> None:
    with pytest.raises(InputError) as refused:
        check_section(conforming_mesh(broken(change)), "part.msh")
    print(refused.value)
    assert str(refused.value).startswith("part.msh: ") and word in str(refused.value)
    assert len(refused.value.problems) == 1
