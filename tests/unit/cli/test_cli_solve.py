"""`modes`, `lase` and `run` end to end on small designs: the JSON of the contract, the tables, the
files.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cavitydesign.cli.main import app

runner = CliRunner()
QUICKSTART = Path(__file__).parents[3] / "studies" / "quickstart" / "design.toml"
CYLINDER = """
[cavity]
profile = "cylinder"
diameter_um = 8.0
body = { index = 1.5, absorption_per_cm = 0.1 }
surround = { index = 1.0 }
[modes]
wavelength_nm = 540.0
azimuthal_order = 60
radial_orders = 2
"""


@pytest.fixture
def cylinder(tmp_path: Path) -> Path:
    path = tmp_path / "design.toml"
    path.write_text(CYLINDER)
    return path


def test_modes_json_has_every_key_of_the_contract(cylinder: Path) -> None:
    result = runner.invoke(app, ["modes", str(cylinder), "--json"])
    assert result.exit_code == 0
    content = json.loads(result.stdout)
    for key in ("schema", "wavelength_range_nm", "counted", "complete", "seconds", "modes"):
        assert key in content
    assert {"mesh", "assemble", "solve", "losses", "total"} <= content["seconds"].keys()
    assert [mode["label"] for mode in content["modes"]] == ["TM 60 1 0", "TM 60 2 0"]
    first: dict[str, Any] = content["modes"][0]
    for key in (
        "polarisation",
        "m",
        "p",
        "q",
        "wavelength_nm",
        "wavelength_error_nm",
        "n_eff",
        "group_index",
        "fsr_nm",
    ):
        assert first[key] is not None, key
    assert set(first["energy_fraction"]) == {"axial", "radial", "azimuthal"}
    assert abs(sum(first["confinement"].values()) - 1) < 1e-9
    assert set(first["log10_q"]) == {"radiation", "absorption", "scattering", "total"}
    assert first["log10_q"]["scattering"] is None
    assert first["linewidth_nm"] == pytest.approx(
        first["wavelength_nm"] / first["q_total"], rel=1e-12
    )
    # n_eff = m lambda / (pi D), the definition of the contract
    assert first["n_eff"] == pytest.approx(
        60 * first["wavelength_nm"] * 1e-3 / (3.141592653589793 * 8.0), rel=1e-12
    )


def test_modes_table_has_units_errors_and_the_convention(cylinder: Path) -> None:
    result = runner.invoke(app, ["modes", str(cylinder)])
    assert result.exit_code == 0
    for text in (
        "wavelength nm",
        "+- nm",
        "FSR nm",
        "in body %",
        "um^3",
        "line width",
        "E along the fibre axis",
    ):
        assert text in result.stdout
    assert "TM 60 2 0" in result.stdout
    assert re.search(r"2 modes, .* counted, list (not certified )?complete", result.stdout)


def test_a_missed_accuracy_ends_with_one(cylinder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    from cavitydesign.workflow import steps

    solve = steps.find_modes

    def missing(*args: Any) -> Any:
        found = solve(*args)
        return dataclasses.replace(
            found,
            modes=tuple(dataclasses.replace(mode, accuracy_met=False) for mode in found),
            warnings=("window full",),
        )

    monkeypatch.setattr(steps, "find_modes", missing)
    result = runner.invoke(app, ["modes", str(cylinder), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["accuracy_met"] is False
    assert "warning: window full" in result.stderr
    assert "asked accuracy missed by 2 of 2 modes: TM 60 1 0" in result.stderr


def test_lase_json_has_every_key_of_the_contract() -> None:
    result = runner.invoke(app, ["lase", str(QUICKSTART), "--json"])
    assert result.exit_code == 0
    content = json.loads(result.stdout)
    assert len(content["modes"]["modes"]) >= 2
    lasing = content["lasing"]
    assert lasing["regime"] in ("below threshold", "single", "multi")
    assert isinstance(lasing["modes_lasing"], int)
    assert set(lasing["threshold_mj_cm2"]) == {"gain_equals_loss", "ase", "lasing"}
    assert 0 <= lasing["single_mode_probability"] <= 1
    assert len(lasing["slopes"]) == 3
    curve = lasing["light_curve"]
    assert len(curve["fluence_mj_cm2"]) == len(curve["emission"]) >= 12
    for key in ("label", "wavelength_nm", "threshold_gain_per_cm", "confinement", "output_share"):
        assert key in lasing["per_mode"][0]


def test_lase_tells_which_of_its_inputs_are_fits() -> None:
    """On the screen, below the outcomes that rest on them: a row for each kind, keys in whole."""
    shown = runner.invoke(app, ["lase", str(QUICKSTART)])
    assert shown.exit_code == 0
    below = shown.stdout.partition("Inputs that are not measured")[2].partition("Modes under")[0]
    rows = [line.split(maxsplit=1) for line in below.splitlines()]
    print(rows)
    found = {row[0]: row[1].strip() for row in rows if len(row) == 2}
    assert found["fitted"].startswith("gain.crossing_energy_ev, gain.peak_gain_per_cm")
    assert found["assumed"] == "gain.exciton_radiative_ps"
    assert found["empirical"] == "lasing.quality"


def test_run_writes_results_figures_and_report(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    result = runner.invoke(app, ["run", str(QUICKSTART), "--out", str(out)])
    assert result.exit_code == 0, result.stderr
    for text in ("Modes", "What they carry", "Lasing", "lasing threshold, mJ/cm2"):
        assert text in result.stdout
    results = json.loads((out / "results.json").read_text())
    lasing = results["lasing"]

    def row(words: str) -> list[str]:
        return next(line for line in result.stdout.splitlines() if words in line).split()

    threshold, error = map(float, row("lasing threshold, mJ/cm2")[-2:])
    assert threshold == pytest.approx(lasing["threshold_mj_cm2"]["lasing"], abs=0.5 * error)
    upper, error = map(float, row("upper break of the light curve")[-2:])
    assert upper == pytest.approx(lasing["light_curve"]["upper_break_mj_cm2"], abs=0.5 * error)
    assert error == pytest.approx(lasing["fit"]["breaks_error_mj_cm2"][1], rel=0.06)
    assert "Q = 24 D = 360 (given); solved losses would allow" in result.stdout
    assert results["input"]["cavity"]["diameter_um"] == 15.0
    assert {"cavitydesign", "python", "numpy", "scipy", "scikit-fem"} <= results["versions"].keys()
    assert results["platform"]["processors"] >= 1
    assert {"modes", "lasing", "total"} <= results["seconds"].keys()
    assert results["modes"]["modes"] and results["lasing"]["per_mode"]
    for name in ("field.png", "comb.png", "light_curve.png", "loss_budget.png"):
        assert (out / name).read_bytes().startswith(b"\x89PNG"), name
    page = (out / "report.html").read_text()
    assert not re.search(r"""(?:src|href)=["']?https?://""", page.replace("https://doi.org/", ""))
    pictures = ("cavity", "field", "cuts", "comb", "light_curve", "loss_budget", "output_shares")
    written = sorted([*(f"{name}.png" for name in pictures), "results.json", "report.html"])
    assert sorted(path.name for path in out.iterdir()) == written


def test_a_folder_that_cannot_be_made_costs_no_computation(tmp_path: Path, cylinder: Path) -> None:
    (tmp_path / "taken").write_text("")
    result = runner.invoke(app, ["run", str(cylinder), "--out", str(tmp_path / "taken")])
    assert (result.exit_code, result.stderr) == (
        2,
        f"--out {tmp_path / 'taken'}: is a file; give a folder\n",
    )


def test_spreads_of_the_design_have_a_table_of_their_own(cylinder: Path) -> None:
    """Standard deviations on the screen as in the JSON, and only where the design has spreads."""
    assert "Standard deviations" not in runner.invoke(app, ["modes", str(cylinder)]).stdout
    text = cylinder.read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("diameter_um")]
    value = float(line.partition("=")[2])
    cylinder.write_text(
        text.replace(line, f"diameter_um = {{ value = {value}, sd = {value / 1000} }}")
    )
    shown = runner.invoke(app, ["modes", str(cylinder)])
    assert shown.exit_code == 0
    first = json.loads(runner.invoke(app, ["modes", str(cylinder), "--json"]).stdout)["modes"][0]
    table = shown.stdout.partition("Standard deviations by the spreads of the design")[2]
    (row,) = [row for row in table.splitlines() if row.strip().startswith(first["label"])]
    assert row.split()[4] == f"{first['wavelength_sd_nm']:.3g}"
    assert first["wavelength_sd_nm"] == pytest.approx(first["wavelength_nm"] / 1000, rel=0.2)


PASSIVE = """[cavity]
profile = "spheroid"
diameter_um = 8.0
body = "silica"
[modes]
polarisation = "TM"
wavelength_nm = 1550.0
span_nm = 40.0
relative_accuracy = 1e-4
"""


def test_a_passive_design_ends_at_modes_and_losses(tmp_path: Path) -> None:
    """`run` writes modes, figures and the report and says how to add a medium; `lase` refuses."""
    (tmp_path / "design.toml").write_text(PASSIVE)
    out = tmp_path / "out"
    result = runner.invoke(app, ["run", str(tmp_path / "design.toml"), "--out", str(out)])
    assert result.exit_code == 0, result.stderr
    assert 'add [gain] with medium = "CsPbBr3-PMMA"' in result.stdout
    results = json.loads((out / "results.json").read_text())
    assert results["lasing"] is None and results["modes"]["modes"]
    assert "no gain medium" in results["lasing_note"]
    assert "no gain medium" in (out / "report.html").read_text()
    assert (out / "comb.png").exists() and not (out / "light_curve.png").exists()
    refused = runner.invoke(app, ["lase", str(tmp_path / "design.toml")])
    assert refused.exit_code == 2 and "no gain medium" in refused.stderr


def test_what_is_computed_is_written_whatever_fails_after_it(tmp_path: Path) -> None:
    """Modes at 1550 nm and a gain at 537 nm: the prediction is refused, the modes are there."""
    text = PASSIVE + '[gain]\nmedium = "CsPbBr3-PMMA"\n[lasing]\nfamilies = "asked"\n'
    (tmp_path / "design.toml").write_text(text)
    out = tmp_path / "out"
    result = runner.invoke(app, ["run", str(tmp_path / "design.toml"), "--out", str(out)])
    assert result.exit_code == 2 and "no mode lies under the gain" in result.stderr
    results = json.loads((out / "results.json").read_text())
    assert results["modes"]["modes"] and "no mode lies under the gain" in results["lasing_note"]
    assert (out / "report.html").exists()
