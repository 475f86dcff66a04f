"""The commands study, design and fit, on cavities small enough to solve in a blink."""

import csv
import io
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from cavitydesign.cli.main import app

DESIGN = """[cavity]
profile = "cylinder"
diameter_um = 6.0
body = { index = 1.49 }
[modes]
polarisation = "TM"
wavelength_nm = 600.0
span_nm = 30.0
"""
STUDY = 'design = "design.toml"\ntask = "modes"\n[axes]\n"cavity.diameter_um" = [5.0, 6.0, 2e9]\n[plot]\ny = "fsr_nm"\n'


def told(*arguments, code=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, f"{result.exit_code}: {result.output} {result.exception}"
    return result


@pytest.fixture
def study_file(tmp_path):
    (tmp_path / "design.toml").write_text(DESIGN)
    (tmp_path / "study.toml").write_text(STUDY.replace("2e9", "7.0"))
    return tmp_path / "study.toml"


def test_a_study_from_dry_run_to_picture(study_file, tmp_path):
    dry = json.loads(told("study", "run", study_file, "--dry-run", "--workers", 1, "--json").stdout)
    assert (dry["points"], dry["missing"]) == (3, 3) and dry["seconds_per_point"] > 0
    run = json.loads(told("study", "run", study_file, "--workers", 1, "--shard", "1/2", "--json").stdout)
    assert run["computed"] == 2
    assert json.loads(told("study", "status", study_file, "--json").stdout)["missing"] == 1
    run = json.loads(told("study", "run", study_file, "--workers", 1, "--json").stdout)
    assert (run["already_there"], run["computed"], run["failed"]) == (2, 1, 0)
    told("study", "table", study_file, "--csv", tmp_path / "t.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "t.csv").read_text())))
    assert list(rows[0])[-2:] == ["status", "error"] and {row["status"] for row in rows} == {"ok"}
    assert {row["cavity.diameter_um"] for row in rows} == {"5.0", "6.0", "7.0"}
    told("study", "plot", study_file, "--out", tmp_path / "p.svg")
    assert (tmp_path / "p.svg").stat().st_size > 1000
    assert json.loads(told("study", "verify", study_file, "--solve", 1, "--json").stdout)["sound"]
    told("study", "fields", study_file, "--point", 1, "--out", tmp_path / "f.npz")
    with np.load(tmp_path / "f.npz") as arrays:
        assert any(name.endswith("/e_z") for name in arrays)
    refused = told("study", "clean", study_file, "--others", code=2)
    assert "give --yes" in refused.stderr
    assert json.loads(told("study", "clean", study_file, "--yes", "--json").stdout) == {
        "schema": 1, "records": 3, "dropped": 0,
    }  # fmt: skip
    assert "--array=1-4" in told("study", "slurm", study_file, "--shards", 4).stdout


def test_a_failed_point_is_told_and_the_others_are_there(study_file, tmp_path):
    study_file.write_text(STUDY.replace("2e9", "-7.0"))
    run = told("study", "run", study_file, "--workers", 1)
    assert "1 points failed" in run.stderr
    rows = json.loads(told("study", "table", study_file, "--json").stdout)["rows"]
    assert "cavity.diameter_um" in next(row["error"] for row in rows if row["status"] == "failed")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('design = "design.toml"\n[axes]\n"cavity.diametr_um" = [1.0]\n', "did you mean"),
        ('design = "desing.toml"\n[axes]\n"cavity.diameter_um" = [1.0]\n', "no such file"),
        ('design = "design.toml"\n[axes]\n"cavity.diameter_um" = []\n', "empty axis"),
        ('design = "design.toml"\n[plot]\nz = "q"\n[axes]\n"cavity.diameter_um" = [1.0]\n', "plot.z: unknown key"),
    ],
)
def test_bad_study_files_end_with_exit_code_2(study_file, content, expected):
    study_file.write_text(content)
    assert expected in told("study", "run", study_file, code=2).stderr


def test_bad_options_end_with_exit_code_2(study_file):
    assert "3/32" in told("study", "run", study_file, "--shard", "4/3", code=2).stderr
    assert "tcp://" in told("study", "run", study_file, "--scheduler", "host:1", code=2).stderr
    assert "at least 1" in told("study", "run", study_file, "--workers", 0, code=2).stderr


def test_design_reaches_a_target(study_file, tmp_path):
    goal = tmp_path / "goal.toml"
    goal.write_text(
        'design = "design.toml"\n[variables]\n"cavity.diameter_um" = { from = 5.0, to = 8.0 }\n'
        '[goal]\ntarget = 12.0\nof = "fsr_nm"\n[search]\nsolves = 14\n'
    )
    answer = json.loads(told("design", goal, "--workers", 1, "--out", tmp_path / "g.png", "--json").stdout)
    assert answer["recommended"]["outcomes"]["fsr_nm"] == pytest.approx(12.0, abs=0.05)
    assert answer["checked_outcomes"]["fsr_nm"] == pytest.approx(12.0, abs=0.05)
    assert (tmp_path / "g.png").stat().st_size > 1000
    goal.write_text('design = "design.toml"\n[goal]\nmaximise = "q_totl"\n')
    assert "did you mean 'q_total'" in told("design", goal, code=2).stderr


def test_fit_finds_the_diameter_of_solved_peaks(study_file, tmp_path):
    """Peaks solved at 6.05 um, noise 0.02 nm; the design says 6.0 um, give or take 2 %."""
    design = tmp_path / "design.toml"
    design.write_text(DESIGN.replace("6.0", "6.05").replace("30.0", "80.0"))
    solved = json.loads(told("modes", design, "--json").stdout)["modes"]
    noise = 0.02 * np.random.default_rng(0).standard_normal(len(solved))
    lines = [f"{mode['wavelength_nm'] + shift:.4f}" for mode, shift in zip(solved, noise, strict=True)]
    (tmp_path / "s.csv").write_text("\n".join(["wavelength_nm", *lines, "588.123"]) + "\n")
    design.write_text(DESIGN)
    answer = json.loads(told("fit", design, tmp_path / "s.csv", "--workers", 1, "--index-sd", "1e-3", "--json").stdout)
    best = answer["candidates"][0]
    assert best["probability"] > 0.9 and abs(best["diameter_um"] - 6.05) < 3 * best["diameter_error_um"]
    by_wavelength = sorted(zip([float(x) for x in lines], [mode["label"] for mode in solved], strict=True))
    assert [label for label in best["labels"] if label] == [label for _, label in by_wavelength]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("wavelength\n500\n", "did you mean 'wavelength_nm'"),
        ("wavelength_nm\n500\nfive\n", "line 3: wavelength_nm = 'five'"),
        ("wavelength_nm,polarisation\n500,TN\n501,TM\n502,\n", "polarisation = 'TN'"),
        ("wavelength_nm\n500\n501\n", "2 peaks; a fit needs at least 3"),
    ],
)
def test_bad_spectra(study_file, tmp_path, content, expected):
    (tmp_path / "s.csv").write_text(content)
    assert expected in told("fit", tmp_path / "design.toml", tmp_path / "s.csv", code=2).stderr
