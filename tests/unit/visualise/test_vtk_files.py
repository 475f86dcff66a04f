"""Files for ParaView: VTK reads back the field, and integrates it to the energy shares of the
solver.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cavitydesign.design import parse_design
from cavitydesign.errors import InputError
from cavitydesign.modes.mode import Mode
from cavitydesign.visualise.three_d.vtk_file import arc_vts, meridian_vtu, save_vtk
from cavitydesign.visualise.three_d.vtk_plane import ENERGY
from cavitydesign.workflow.steps import find_modes

pyvista = pytest.importorskip("pyvista")

DESIGN = {
    "cavity": {
        "profile": "parabola",
        "diameter_um": 12.0,
        "axial_radius_um": 50.0,
        "fibre_diameter_um": 10.4,
        "fibre": {"index": 1.46},
        "body": {"index": 1.49},
        "surround": "air",
    },
    "modes": {"wavelength_nm": 537.6, "span_nm": 6.0, "axial_orders": 2, "relative_accuracy": 1e-6},
}


def shares_by_vtk(mode: Mode, path: Path) -> dict[str, float]:
    """Share of the energy by region, integrated by VTK from the written file; compared with the
    solver's, 1e-4 asked.
    """
    grid = pyvista.read(save_vtk(mode, path))
    region = grid.cell_data["region"]
    energy = {}
    for number, name in enumerate(mode.confinement):
        assert grid.field_data[f"region {number}: {name}"][0] == number
        cells = np.flatnonzero(region == number)
        energy[name] = (
            float(grid.extract_cells(cells).integrate_data()[ENERGY][0]) if cells.size else 0.0
        )
    whole = sum(energy.values())
    for name, share in mode.confinement.items():
        error = abs(energy[name] / whole - share)
        assert error < 1e-4, (
            f"{mode.label} in {name}: {energy[name] / whole:.6f}, solver {share:.6f}, {error:.1e}"
        )
    assert grid.field_data["wavelength (nm)"][0] == mode.wavelength_nm
    return {name: one / whole for name, one in energy.items()}


def test_vtk_integrates_to_the_solvers_energy_shares(tmp_path: Path) -> None:
    """Linear cells of a 500 x 141 grid: second-order error, 2e-6 measured."""
    found = find_modes(parse_design(DESIGN))
    for mode in found.modes[:2]:
        shares_by_vtk(mode, tmp_path / "mode.vtu")
    assert found.modes[0].confinement["fibre"] > 1e-6, "the test must see three regions"


def test_in_a_uniaxial_body_each_component_sees_its_own_permittivity(tmp_path: Path) -> None:
    body = {"index": 1.45, "index_extraordinary": 1.60}
    cavity = {"profile": "spheroid", "diameter_um": 8.0, "body": body}
    asked = {
        "polarisation": "both",
        "wavelength_nm": 537.6,
        "azimuthal_order": 60,
        "relative_accuracy": 1e-6,
    }
    found = find_modes(parse_design({"cavity": cavity, "modes": asked}))
    assert {mode.polarisation for mode in found} == {"TM", "TE"}
    for mode in found:
        shares_by_vtk(mode, tmp_path / "mode.vtu")


def test_meshed_section_is_written_on_its_own_elements(tmp_path: Path) -> None:
    """A silica toroid: cells follow the curved rim, so that none is of two media; 2e-5 measured."""
    pytest.importorskip("gmsh")
    file = Path(__file__).parents[3] / "meshes" / "microtoroid.geo"
    cavity = {"profile": "section", "file": str(file), "body": {"index": 1.45}}
    parameters = {"diameter": 12.0, "minor_diameter": 3.0}
    asked = {"wavelength_nm": 780.0, "azimuthal_order": 62, "relative_accuracy": 1e-5}
    found = find_modes(
        parse_design({"cavity": {**cavity, "parameters": parameters}, "modes": asked})
    )
    (mode,) = found.modes
    shares = shares_by_vtk(mode, tmp_path / "mode.vtu")
    assert 0.01 < shares["surround"] < 0.1, "both media must matter"
    grid = pyvista.read(tmp_path / "mode.vtu")
    body = grid.extract_cells(np.flatnonzero(grid.cell_data["region"] == 0))
    area = np.pi * 1.5**2
    assert float(body.compute_cell_sizes()["Area"].sum()) == pytest.approx(area, rel=2e-4)
    rim = np.hypot(body.points[:, 0] - 4.5, body.points[:, 2])
    assert rim.max() < 1.5 * (1 + 1e-3)


def test_points_and_components_are_those_of_the_field(
    make_mode: Callable[..., Mode], tmp_path: Path
) -> None:
    mode = make_mode()
    field = mode.sample_field(40, 30)
    (tmp_path / "mode.vtu").write_bytes(meridian_vtu(mode, (40, 30)))
    grid = pyvista.read(tmp_path / "mode.vtu")
    np.testing.assert_allclose(grid.points[:, 0], field.r_um.ravel(), atol=1e-12)
    np.testing.assert_allclose(grid.points[:, 2], field.z_um.ravel(), atol=1e-12)
    e_real, e_imag = grid["E real (relative)"], grid["E imag (relative)"]
    np.testing.assert_allclose(e_real[:, 2], field.e_z.real.ravel(), atol=1e-7)
    np.testing.assert_allclose(e_imag[:, 1], field.e_phi.imag.ravel(), atol=1e-7)
    # the row of cells between the two sides of the interface has no width and is left out
    assert grid.n_cells == 38 * 29
    assert all("(" in name for name in grid.point_data), "units in every array name"


def test_arc_carries_the_phase(make_mode: Callable[..., Mode], tmp_path: Path) -> None:
    """One period along the arc: the field turns sign after half of it and is back at its end."""
    mode = make_mode()
    (tmp_path / "arc.vts").write_bytes(arc_vts(mode, 1.0, (10, 9, 21)))
    grid = pyvista.read(tmp_path / "arc.vts")
    assert grid.dimensions == (10, 9, 21)
    values = grid["E real (relative)"][:, 2].reshape(21, 9, 10)
    np.testing.assert_allclose(values[20], values[0], atol=1e-6)
    np.testing.assert_allclose(values[10], -values[0], atol=1e-6)
    field = mode.sample_field(10, 9)
    np.testing.assert_allclose(values[10], field.e_z.real.T, atol=1e-6)
    radius = np.hypot(grid.points[:, 0], grid.points[:, 1]).reshape(21, 9, 10)
    np.testing.assert_allclose(radius[3], field.r_um.T, rtol=1e-6)


def test_bad_requests(make_mode: Callable[..., Mode], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ends in \.vtu"):
        save_vtk(make_mode(), tmp_path / "mode.vtk")
    with pytest.raises(InputError, match="periods"):
        arc_vts(make_mode(), 1000.0)
    with pytest.raises(InputError, match="field was not kept"):
        meridian_vtu(replace(make_mode(), sample_field=None))
