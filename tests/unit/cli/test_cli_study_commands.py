"""The command study, on cavities small enough to solve in a blink."""

import csv
import io
import json
import re

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
STUDY = (
    'design = "design.toml"\ntask = "modes"\n[axes]\n"cavity.diameter_um" = [5.0, 6.0, '
    '2e9]\n[plot]\ny = "fsr_nm"\n'
)


def told(*arguments, code=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, f"{result.exit_code}: {result.output} {result.exception}"
    return result


@pytest.fixture
def study_file(tmp_path):
    (tmp_path / "design.toml").write_text(DESIGN)
    (tmp_path / "study.toml").write_text(STUDY.replace("2e9", "7.0"))
    return tmp_path / "study.toml"


def test_values_of_another_unit_are_told(study_file):
    study_file.write_text(STUDY.replace("2e9", "15000.0"))
    said = told("study", "run", study_file, "--shard", "1/3", "--workers", 1).stderr
    assert said.count("cavity.diameter_um = 15000 lies outside") == 1 and "15 um if nm" in said


def test_a_study_from_dry_run_to_picture(study_file, tmp_path):
    dry = json.loads(told("study", "run", study_file, "--dry-run", "--workers", 1, "--json").stdout)
    assert (dry["points"], dry["missing"]) == (3, 3) and dry["seconds_per_point"] > 0
    run = json.loads(
        told("study", "run", study_file, "--workers", 1, "--shard", "1/2", "--json").stdout
    )
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
    thin = DESIGN.replace("[modes]", 'fibre_diameter_um = 4.0\nfibre = "silica"\n[modes]')
    (study_file.parent / "design.toml").write_text(thin)
    study_file.write_text(STUDY.replace("2e9", "3.0"))
    run = told("study", "run", study_file, "--workers", 1)
    assert "1 point failed; the reasons: cavitydesign study table" in run.stderr
    asked = told("study", "table", study_file, "--columns", "point,error").stdout
    assert asked.count("fibre") == told("study", "table", study_file).stdout.count("fibre") > 0
    printed = told("study", "table", study_file).stdout
    assert re.search(r"point 2: .*must be greater than the diameter of the fibre", printed), printed
    assert re.search(r"\d+ more columns: --columns chooses, --csv writes all", printed), printed
    assert "\N{HORIZONTAL ELLIPSIS}" not in printed, "cells are cut"
    chosen = told("study", "table", study_file, "--columns", "m,q_total", "--where", "m > 0").stdout
    assert "more columns" not in chosen and "q_total" in chosen
    rows = json.loads(told("study", "table", study_file, "--json").stdout)["rows"]
    assert "cavity.diameter_um" in next(row["error"] for row in rows if row["status"] == "failed")


def test_a_study_without_any_answer_ends_with_1(study_file, tmp_path):
    """No bottle is thinner than its fibre: all points are refused, and nothing is an answer."""
    thick = DESIGN.replace("[modes]", 'fibre_diameter_um = 4.0\nfibre = "silica"\n[modes]')
    (study_file.parent / "design.toml").write_text(thick)
    study_file.write_text(STUDY.replace("[5.0, 6.0, 2e9]", "[1.0, 2.0, 3.0]"))
    dry = told("study", "run", study_file, "--dry-run", "--workers", 1, code=1)
    assert "all 3 probed points failed" in dry.stderr
    for number in range(2):  # computed now, and found in the store
        run = told("study", "run", study_file, "--workers", 1, "--json", code=1)
        assert json.loads(run.stdout)["failed"] == 3, number
        assert "all 3 points failed, so the study has no answer. Point 0: " in run.stderr
        assert "must be greater than the diameter of the fibre" in run.stderr
    drawn = told("study", "plot", study_file, "--out", tmp_path / "p.png", code=2)
    assert "no point was solved" in drawn.stderr and "diameter of the fibre" in drawn.stderr
    # A shard may be a bad corner of a study; a job array goes on.
    assert "2 points failed" in told("study", "run", study_file, "--shard", "1/2").stderr


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('design = "design.toml"\n[axes]\n"cavity.diametr_um" = [1.0]\n', "did you mean"),
        ('design = "desing.toml"\n[axes]\n"cavity.diameter_um" = [1.0]\n', "no such file"),
        ('design = "design.toml"\n[axes]\n"cavity.diameter_um" = []\n', "empty axis"),
        (
            'design = "design.toml"\n[axes]\n"cavity.diameter_um" = [6.0, -7.0]\n',
            "value 2 = -7.0: must be greater than 0",
        ),
        (
            'design = "design.toml"\n[axes]\n"cavity.body" = ["PMMA", "PMNA"]\n',
            "did you mean 'PMMA'?",
        ),
        (
            'design = "design.toml"\n[axes]\n"cavity.body" = ["PMMA"]\n"cavity.body.index" = '
            "[1.4]\n",
            "what 'cavity.body' sets too",
        ),
        (
            'design = "design.toml"\n[axes]\n"cavity.diameter_um" = [6.0]\n[columns]\nstatus = '
            '"m"\n',
            "has a column of that name",
        ),
        (
            'design = "design.toml"\n[axes]\n"cavity.coatings.0.thickness_um" = [0.1]\n',
            "has 0 entries of cavity.coatings",
        ),
        (
            'design = "design.toml"\n[axes]\n"cavity.diameter_um" = [2020-01-01]\n',
            "2020-01-01 (date) has no place in a design",
        ),
        (
            'design = "design.toml"\n[plot]\nz = "q"\n[axes]\n"cavity.diameter_um" = [1.0]\n',
            "plot.z: unknown key",
        ),
    ],
)
def test_bad_study_files_end_with_exit_code_2(study_file, content, expected):
    study_file.write_text(content)
    assert expected in told("study", "run", study_file, code=2).stderr


def test_bad_options_end_with_exit_code_2(study_file):
    assert "3/32" in told("study", "run", study_file, "--shard", "4/3", code=2).stderr
    assert "tcp://" in told("study", "run", study_file, "--scheduler", "host:1", code=2).stderr
    assert "at least 1" in told("study", "run", study_file, "--workers", 0, code=2).stderr
    assert "at least 0" in told("study", "verify", study_file, "--solve", -1, code=2).stderr
    assert "holds no store" in told("study", "merge", study_file, study_file.parent, code=2).stderr
