"""The table of drops in docs/geometry-droplet.md is what the code gives."""

from pathlib import Path

import pytest

from cavitydesign.geometry import droplet_of

PAGE = Path(__file__).parents[3] / "docs" / "geometry-droplet.md"


@pytest.mark.parametrize(("fibre", "diameter", "angle"), [(8, 15, 15), (15, 33, 15), (40, 88, 15)])
def test_row_of_the_table(fibre: float, diameter: float, angle: float) -> None:
    drop = droplet_of(fibre, diameter_um=diameter, contact_angle_deg=angle)
    given = f"| {fibre} | {diameter} | {angle} |"
    row = f"{given} {drop.length_um:.3f} | {drop.volume_um3:.1f} | {drop.axial_radius_um:.3f} |"
    assert row in PAGE.read_text(encoding="utf-8").splitlines()
