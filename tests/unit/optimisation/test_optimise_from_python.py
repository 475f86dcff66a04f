"""Goals and fits called from Python give what the commands give, and refuse what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import cavitydesign as cd
from cavitydesign.cli.main import app

BALL = cd.sphere(
    diameter_um=6.0,
    body={"index": 1.5},
    wavelength_nm=650.0,
    azimuthal_order=40,
    polarisation="TM",
)
BALL_FILE = """
[cavity]
profile = "spheroid"
diameter_um = 6.0
polar_radius_um = 3.0
body = { index = 1.5 }
[modes]
wavelength_nm = 650.0
azimuthal_order = 40
polarisation = "TM"
"""
GOAL = {
    "variables": {"cavity.diameter_um": {"from": 5.5, "to": 7.5}},
    "goal": {"target": 600.0, "of": "wavelength_nm"},
    "search": {"solves": 8},
}
FILE = """
design = "ball.toml"
[variables]
"cavity.diameter_um" = { from = 5.5, to = 7.5 }
[goal]
target = 600.0
of = "wavelength_nm"
[search]
solves = 8
"""


def test_tables_and_file_give_the_same_answer(tmp_path: Path) -> None:
    """The same search from a mapping and from a goal file, which the command runs."""
    (tmp_path / "ball.toml").write_text(BALL_FILE)
    (tmp_path / "goal.toml").write_text(FILE)
    told: list[float] = []
    found = cd.optimise(GOAL, BALL, progress=lambda message, fraction: told.append(fraction))
    shown = CliRunner().invoke(
        app, ["design", str(tmp_path / "goal.toml"), "--json", "--workers", "1"]
    )
    assert shown.exit_code == 0, shown.output
    by_command = json.loads(shown.stdout)["recommended"]["values"]["cavity.diameter_um"]
    assert found.best.values["cavity.diameter_um"] == by_command
    assert told[-1] == pytest.approx(1.0, abs=0.2) and told == sorted(told)
    # In a sphere of constant index every wavelength scales with the diameter.
    line = cd.find_modes(BALL.with_values({"cavity.diameter_um": by_command}))[0]
    assert found.best.outcomes["wavelength_nm"] == pytest.approx(line.wavelength_nm, rel=1e-6)
    assert repr(found).startswith("DesignAnswer: Make ")
    assert "<table>" in found._repr_html_()
    assert cd.plot.goal(found).axes


def test_wrong_goals_are_told_by_key() -> None:
    with pytest.raises(cd.InputError, match="needs the design"):
        cd.optimise(GOAL)
    with pytest.raises(cd.InputError, match=r"diametre_um.*did you mean 'diameter_um'"):
        cd.optimise({**GOAL, "variables": {"cavity.diametre_um": {"from": 5.5, "to": 7.5}}}, BALL)
    with pytest.raises(cd.InputError, match="names its own design"):
        cd.optimise("goal.toml", BALL)


def test_fit_takes_a_list_or_a_file(tmp_path: Path) -> None:
    """Peaks of a solved sphere are named as they were solved, from both."""
    ball = cd.sphere(
        diameter_um=8.0,
        body={"index": 1.5},
        wavelength_nm=650.0,
        span_nm=60.0,
        polarisation="TM",
    )
    true = cd.find_modes(ball.with_values({"cavity.diameter_um": 8.02}))
    peaks = np.array([mode.wavelength_nm for mode in true])
    listed = cd.fit(ball, peaks)
    file = tmp_path / "peaks.csv"
    file.write_text("wavelength_nm\n" + "".join(f"{peak:.9f}\n" for peak in peaks))
    read = cd.fit(ball, file)
    assert listed.diameter_um == pytest.approx(read.diameter_um, rel=1e-6)
    named = list(reversed(listed.candidates[0].labels))
    assert named == [mode.label for mode in true]
    assert repr(listed).startswith("FitAnswer: The ") and "<table>" in listed._repr_html_()
    assert cd.plot.fit(listed).axes


def test_fit_refuses_what_is_no_peak() -> None:
    with pytest.raises(cd.InputError, match="at least 3"):
        cd.fit(BALL, [600.0, 610.0])
    with pytest.raises(cd.InputError, match="-610: must be a wavelength"):
        cd.fit(BALL, [600.0, -610.0, 620.0])
