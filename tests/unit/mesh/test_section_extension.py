"""Elements added outside a section: they lie where they should, in the media that run on."""

import math

import numpy as np
from grid_sections import grid_section
from section_sources import annular_sector

from cavitydesign.mesh.files.section_check import check_section
from cavitydesign.mesh.section import SectionMesh
from cavitydesign.mesh.section_extension import extended, extended_round


def area(mesh: SectionMesh, region: int) -> float:
    """By a rule that is exact for straight quadrilaterals."""
    x, w = np.polynomial.legendre.leggauss(8)
    _, _, r_s, z_s, r_t, z_t = mesh.positions(x, x)
    each = ((r_s * z_t - r_t * z_s) * np.outer(w, w)).sum(axis=(1, 2))
    return float(each[mesh.region == region].sum())


def test_straight_sides_run_on() -> None:
    """A body of 0.5 x 0.25 um on a substrate: behind the outer side and below, both media and the
    walls that meet a side run on; elements and vertices of the file keep their numbers.
    """
    mesh = grid_section(
        [1.0, 1.5, 2.0, 3.0],
        [-1.0, 0.0, 0.25, 1.0],
        [("oxide", 0.0, 9.0, -9.0, 0.0), ("body", 1.5, 2.0, 0.0, 0.25)],
    )
    larger = extended(extended(mesh, "outer", 0.6, 2, ("outer",)), "lower", 0.4, 3, ())
    check_section(larger, "test")
    assert larger.extent_um == (1.0, 3.6, -1.4, 1.0)
    assert larger.elements == mesh.elements + 2 * 3 + 3 * 5
    assert np.array_equal(larger.corners[: mesh.elements], mesh.corners)
    names = mesh.region_names
    assert math.isclose(area(larger, names.index("oxide")), 2.6 * 1.4, rel_tol=1e-12)
    assert math.isclose(area(larger, names.index("body")), 0.125, rel_tol=1e-12)
    assert math.isclose(area(larger, names.index("surround")), 2.6 - 0.125, rel_tol=1e-12)
    assert len(larger.boundary["outer"]) == len(mesh.boundary["outer"]) + 2 * 2


def test_round_sections_run_on() -> None:
    """Half a disk of radius 2 grown to radius 3: its area is that of circles, to the 1e-9 of
    elements of degree 7.
    """
    mesh = annular_sector(
        np.array([0.3, 1.0, 2.0]), np.linspace(-0.5 * math.pi, 0.5 * math.pi, 9), 1.0
    )
    larger = extended_round(mesh, 0.0, 1.5, 2, ())
    check_section(larger, "test")
    assert larger.elements == mesh.elements + 16
    assert math.isclose(area(larger, 1), 0.5 * math.pi * (9.0 - 1.0), rel_tol=1e-9)
    assert math.isclose(area(larger, 0), 0.5 * math.pi * (1.0 - 0.09), rel_tol=1e-9)
