"""E and H in files for ParaView, checked by VTK itself: integrals give the mode's energies, the curl
of E is H, and several modes lie side by side.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cavitydesign.design import parse_design
from cavitydesign.errors import InputError
from cavitydesign.modes import ModeSet
from cavitydesign.units import VACUUM_IMPEDANCE_OHM, VACUUM_PERMITTIVITY_F_PER_M
from cavitydesign.visualise.three_d.vtk_file import arc_vts, meridian_vtu, save_vtk
from cavitydesign.workflow.steps import find_modes

pyvista = pytest.importorskip("pyvista")

M3_PER_UM3 = 1e-18
C_UM_PER_S = 299792458.0 * 1e6
SPHERE = {"profile": "spheroid", "diameter_um": 4.0, "body": {"index": 1.6}, "surround": "vacuum"}
ASKED = {
    "wavelength_nm": 600.0,
    "azimuthal_order": 26,
    "polarisation": "both",
    "relative_accuracy": 1e-6,
}


@pytest.fixture(scope="module")
def found() -> ModeSet:
    modes = find_modes(parse_design({"cavity": SPHERE, "modes": ASKED}))
    assert {mode.polarisation for mode in modes} == {"TM", "TE"}
    return modes


def test_integrals_are_the_energies_of_the_mode(found: ModeSet, tmp_path: Path) -> None:
    """Linear cells of 400 x 81 points: total energy one photon, half of it magnetic, to 1e-3
    (second order of the grid; 1e-4 and 3e-4 measured with 500 x 141).
    """
    for mode in found:
        (tmp_path / "mode.vtu").write_bytes(meridian_vtu(mode, (400, 81)))
        grid = pyvista.read(tmp_path / "mode.vtu")
        ring = 2.0 * np.pi * grid.points[:, 0]
        h_square = (grid["H real (A/m)"] ** 2 + grid["H imag (A/m)"] ** 2).sum(axis=1)
        magnetic = 0.25 * VACUUM_IMPEDANCE_OHM**2 * VACUUM_PERMITTIVITY_F_PER_M * h_square
        e_square = (grid["E real (V/m)"] ** 2 + grid["E imag (V/m)"] ** 2).sum(axis=1)
        eps = grid["permittivity (relative)"]
        electric = 0.25 * VACUUM_PERMITTIVITY_F_PER_M * eps * e_square
        total = grid["energy_density (J/m^3)"]
        # scaled to numbers near 1, which single precision holds
        photon = float(grid.field_data["energy in the mode (J)"][0])
        for name, density in (("total", total), ("magnetic", magnetic), ("electric", electric)):
            grid[name] = ring * density * M3_PER_UM3 / photon
        sums = grid.integrate_data()
        shares = {name: float(sums[name][0]) for name in ("total", "magnetic", "electric")}
        print(mode.label, photon, shares)
        assert shares["total"] == pytest.approx(1.0, abs=1e-3)
        assert shares["magnetic"] == pytest.approx(0.5, abs=1e-3)
        assert shares["electric"] == pytest.approx(0.5, abs=1e-3)


def test_the_curl_of_e_is_h(found: ModeSet, tmp_path: Path) -> None:
    """VTK's derivative of E on an arc against i w mu0 H, at the points within the body: differences
    of second order on 60 points a period, (2 pi/60)^2/6 = 2e-3 of the largest |H| and less across;
    4e-3 allowed.
    """
    for mode in found:
        (tmp_path / "arc.vts").write_bytes(arc_vts(mode, 1.0, (101, 61, 61)))
        grid = pyvista.read(tmp_path / "arc.vts")
        omega_um = 2.0 * np.pi * C_UM_PER_S / (1e-3 * mode.wavelength_nm)
        impedance = VACUUM_IMPEDANCE_OHM * omega_um / C_UM_PER_S  # w mu0, ohm per um
        worst = 0.0
        size = max(abs(grid["H real (A/m)"]).max(), abs(grid["H imag (A/m)"]).max())
        shape = grid.dimensions[::-1]
        region = grid["region"].reshape(shape)
        inner = np.zeros(shape, dtype=bool)
        inner[5:-5, 5:-5, 3:-3] = True
        inner &= (region == region.min()) & (np.roll(region, 2, 2) == np.roll(region, -2, 2))
        for part, other, sign in (("real", "imag", -1.0), ("imag", "real", 1.0)):
            curl = grid.compute_derivative(f"E {part} (V/m)", gradient=False, vorticity=True)
            expected = sign * impedance * grid[f"H {other} (A/m)"]
            off = abs(curl["vorticity"] - expected).max(axis=1).reshape(shape)
            worst = max(worst, float(off[inner].max()) / (impedance * size))
        print(mode.label, worst)
        assert inner.sum() > 1e4
        assert worst < 4e-3


def test_several_modes_in_one_file(found: ModeSet, tmp_path: Path) -> None:
    """Each under its label, as alone: to single precision, and the second, whose own grid is
    another, with the same integral.
    """
    (tmp_path / "modes.vtu").write_bytes(meridian_vtu(found.modes, (200, 61)))
    (tmp_path / "mode.vtu").write_bytes(meridian_vtu(found[0], (200, 61)))
    grid, alone = (pyvista.read(tmp_path / f"{name}.vtu") for name in ("modes", "mode"))
    for name in ("E real (V/m)", "H imag (A/m)", "energy_density (J/m^3)"):
        np.testing.assert_array_equal(grid[f"{found[0].label} {name}"], alone[name])
    second = found[1].label
    grid["share"] = (
        2.0 * np.pi * grid.points[:, 0] * grid[f"{second} energy_density (J/m^3)"] * M3_PER_UM3
    ) / float(grid.field_data[f"{second} energy in the mode (J)"][0])
    assert float(grid.integrate_data()["share"][0]) == pytest.approx(1.0, abs=2e-3)
    assert grid.field_data[f"{second} wavelength (nm)"][0] == found[1].wavelength_nm
    arc = pyvista.read(save_vtk(found.modes, tmp_path / "arc.vts", periods=2.0))
    assert {f"{mode.label} E imag (V/m)" for mode in found} <= set(arc.point_data.keys())


def test_a_whole_ring_closes(found: ModeSet, tmp_path: Path) -> None:
    mode = found[0]
    grid = pyvista.read(save_vtk(mode, tmp_path / "ring.vts", periods=None))
    assert grid.n_points <= 1_000_000
    values = grid["E real (V/m)"].reshape(*grid.dimensions[::-1], 3)
    np.testing.assert_allclose(values[-1], values[0], atol=1e-4 * abs(values).max())
    with pytest.raises(InputError, match="would pass 1000000 points; up to 801 are written"):
        arc_vts(replace(mode, m=5000), None)


def test_modes_that_do_not_go_together_are_refused(found: ModeSet) -> None:
    with pytest.raises(InputError, match="one mode at least"):
        meridian_vtu([])
    with pytest.raises(InputError, match="is given twice"):
        meridian_vtu([found[0], found[0]])
