"""Centres of outer faces, and which polarisation the energies across and along a face tell."""

from __future__ import annotations

import numpy as np
import pytest
from grid_sections import grid_section
from section_sources import annular_sector

from cavitydesign.modes.section.surveys.face_frame import face_frame, leaning


def test_the_centre_of_a_sphere_is_its_own() -> None:
    """A part of a sphere's face tells its centre, to rounding of the edges' polynomials."""
    mesh = annular_sector(np.array([1.0, 2.0, 3.0]), np.linspace(-0.6, 0.9, 5), 2.0)
    frame = face_frame(mesh, mesh.region == 0)
    assert frame is not None
    assert frame.r_um == pytest.approx(0.0, abs=1e-6)
    assert frame.z_um == pytest.approx(0.0, abs=1e-6)
    across, along = frame.turned(np.array([0.6]), np.array([0.8]), np.array([3.0]), np.array([4.0]))
    assert across[0] == pytest.approx(1.0) and along[0] == pytest.approx(0.0, abs=1e-6)


def test_a_straight_face_has_no_centre() -> None:
    """The rim of a disk is a cylinder."""
    mesh = grid_section([0.0, 1.0, 2.0], [-1.0, -0.2, 0.2, 1.0], [("body", 0.0, 1.0, -0.2, 0.2)])
    assert face_frame(mesh, mesh.region == mesh.region_names.index("body")) is None


def test_leanings() -> None:
    """E along and H across is TM whatever the shares of E alone say."""
    assert leaning((0.0, 0.3), (0.02, 0.5)) == 1.0
    assert leaning((0.13, 0.0), (0.02, 0.5)) == -1.0
    assert leaning((0.2, 0.2), (0.2, 0.2)) == 0.0
