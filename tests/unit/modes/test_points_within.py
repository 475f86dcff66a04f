"""Quadrature of elements that the caustic or an absorbing layer cuts, against exact areas."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from grid_sections import grid_section
from scipy.integrate import quad
from section_sources import annular_sector

from cavitydesign.fem.legendre import gauss
from cavitydesign.fem.pieces.within import Bounds, points_within
from cavitydesign.mesh.section import SectionMesh


def volume(mesh: SectionMesh, bounds: Bounds, count: int) -> float:
    """Integral of r dr dz over what lies within the bounds."""
    whole, cut = bounds.divided(mesh, np.arange(mesh.elements))
    x, w = gauss(count)
    r, _, r_s, z_s, r_t, z_t = mesh.positions(x, x, whole)
    total = float((np.outer(w, w) * (r_s * z_t - r_t * z_s) * r).sum())
    at = points_within(mesh, cut, bounds, count)
    r, _, r_s, z_s, r_t, z_t = mesh.positions_at(at.element, at.s, at.t)
    return total + float((at.weight * (r_s * z_t - r_t * z_s) * r).sum())


def test_a_corner_within_straight_elements() -> None:
    """r < 1.3 and -0.3 < z < 0.4 in rectangles that all three lines cut."""
    mesh = grid_section([0.0, 0.5, 1.1, 2.0], [-1.0, -0.2, 0.25, 1.0], [("body", 0.0, 0.5, -1, 1)])
    bounds = Bounds(np.full(mesh.elements, 1.3), -0.3, 0.4)
    assert volume(mesh, bounds, 6) == pytest.approx(0.5 * 1.3**2 * 0.7, rel=1e-14)


@pytest.mark.parametrize("radius", [2.05, 2.6, 2.87, 2.9995])
def test_a_circle_through_curved_elements(radius: float) -> None:
    """Pieces of a spherical shell by latitude, cut by a cylinder that leaves some of them through
    each of their sides: 1e-9 with a rule of 14 points, where forty points a side that leave out
    those beyond are 1e-3 off.
    """
    rho, theta = np.array([2.0, 2.4, 3.0]), np.array([-0.5, -0.2, 0.15, 0.6])
    mesh = annular_sector(rho, theta, 2.4)
    bounds = Bounds(np.full(mesh.elements, radius), -math.inf, math.inf)

    def of_latitude(angle: float) -> float:
        end = min(max(radius / math.cos(angle), rho[0]), rho[-1])
        return math.cos(angle) * (end**3 - rho[0] ** 3) / 3.0

    breaks = [math.acos(min(radius / one, 1.0)) for one in (rho[0], rho[-1])]
    points = sorted({theta[0], theta[-1], *(s * b for b in breaks for s in (1, -1))})
    exact = sum(
        quad(of_latitude, a, b, epsabs=0.0, epsrel=1e-13)[0]
        for a, b in itertools.pairwise(points)
        if theta[0] <= a < b <= theta[-1]
    )
    assert volume(mesh, bounds, 14) == pytest.approx(exact, rel=1e-9)
