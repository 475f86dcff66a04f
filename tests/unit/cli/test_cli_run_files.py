"""`run --pdf --vtk`: the files hold the numbers of results.json."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from cavitydesign.cli.main import app
from cavitydesign.design import parse_design
from cavitydesign.visualise.three_d.vtk_plane import ENERGY

pyvista = pytest.importorskip("pyvista")
DESIGN = """
[cavity]
profile = "parabola"
diameter_um = { value = 12.0, sd = 0.1 }
axial_radius_um = 50.0
fibre_diameter_um = 10.4
body = { index = 1.49 }
fibre = "silica"
roughness_nm = 1.0
[modes]
wavelength_nm = 537.6
span_nm = 10.0
[gain]
medium = "CsPbBr3-PMMA"
[pump]
photons = 3
fluence_mj_cm2 = [1.2, 5.5]
[lasing]
families = "asked"
quality = { per_um = 24.0 }
fluences = 16
comb_phases = 4
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command wrote."""
    place = tmp_path_factory.mktemp("run")
    (place / "design.toml").write_text(DESIGN)
    result = CliRunner().invoke(
        app, ["run", str(place / "design.toml"), "--out", str(place / "out"), "--pdf", "--vtk"]
    )
    assert result.exit_code == 0, result.stderr
    assert "report.pdf" in result.stderr and "field.vtu" in result.stderr
    return place / "out"


def test_field_is_that_of_the_strongest_mode_and_integrates_to_its_shares(folder: Path) -> None:
    """VTK's own integration against the solver's shares: 1e-4 asked."""
    results = json.loads((folder / "results.json").read_text())
    share = {one["label"]: one["output_share"] for one in results["lasing"]["per_mode"]}
    mode = max(results["modes"]["modes"], key=lambda one: share.get(one["label"], 0.0))
    grid = pyvista.read(folder / "field.vtu")
    assert grid.field_data["wavelength (nm)"][0] == pytest.approx(mode["wavelength_nm"], rel=1e-12)
    assert grid.field_data["azimuthal order m"][0] == mode["m"]
    energy = []
    for number, _ in enumerate(mode["confinement"]):
        cells = np.flatnonzero(grid.cell_data["region"] == number)
        energy.append(
            float(grid.extract_cells(cells).integrate_data()[ENERGY][0]) if cells.size else 0.0
        )
    for (name, expected), found in zip(mode["confinement"].items(), energy, strict=True):
        error = abs(found / sum(energy) - expected)
        assert error < 1e-4, (
            f"{name}: VTK {found / sum(energy):.6f}, solver {expected:.6f}, error {error:.1e}"
        )
    assert mode["confinement"]["fibre"] > 1e-6, "three regions must take part"


def test_pdf_has_its_sheets_and_the_page_its_tables(folder: Path) -> None:
    content = (folder / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF") and len(re.findall(rb"/Type /Page\b", content)) >= 6
    page = (folder / "report.html").read_text()
    results = json.loads((folder / "results.json").read_text())
    for mode in results["modes"]["modes"]:
        assert mode["label"] in page
    for name in ("cavity", "field", "cuts", "comb", "loss_budget", "light_curve", "output_shares"):
        assert f'id="figure-{name}"' in page
    assert "Standard deviations by the spreads of the design" in page, "the spread is told"


def test_results_tell_every_value_that_was_used(folder: Path) -> None:
    """The input gives the run again, and what it leaves open is noted beside it."""
    results = json.loads((folder / "results.json").read_text())
    again = parse_design(results["input"])
    assert again.cavity.diameter_um == results["applied"]["cavity"]["diameter_um"] == 12.0
    assert results["applied"]["pump"]["pulse_fs"] == again.pump.pulse_fs
    assert [one["region"] for one in results["applied"]["media"]] == ["fibre", "body", "surround"]
    kinds = {one["kind"] for one in results["applied"]["gain_constants"]}
    assert {"fitted", "published", "assumed"} <= kinds
    assert results["versions"]["sources"].startswith(("physics ", "0."))
