"""The line about a measured outline or a drop states the numbers of the outline; other shapes say
nothing.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cavitydesign.cli.outline_note import tell_fibre, tell_outline
from cavitydesign.design import Design, parse_design
from cavitydesign.errors import InputError


def design(**cavity: Any) -> Design:
    modes = {"polarisation": "TM", "wavelength_nm": 537.6, "span_nm": 5.0}
    return parse_design({"cavity": {"body": "PMMA", "fibre": "silica", **cavity}, "modes": modes})


def test_measured_outline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    z = np.linspace(-12, 12, 200)
    r = 7.5 - z**2 / 120 + np.random.default_rng(0).normal(0, 0.01, 200)
    file = tmp_path / "outline.csv"
    file.write_text(
        "z_um,r_um\n" + "\n".join(f"{a:.6f},{b:.6f}" for a, b in zip(z, r, strict=True))
    )
    tell_outline(design(profile="outline", file=str(file), fibre_diameter_um=8.0))
    line = capsys.readouterr().err
    assert line.startswith("outline: 200 points")
    assert line.count("\n") == 1
    pairs = re.findall(r"([\d.e-]+) \+- ([\d.e-]+) ", line)
    (diameter, diameter_sd), (axial, axial_sd), (spacing, _) = (
        (float(a), float(b)) for a, b in pairs
    )
    assert abs(diameter - 15.0) < 5 * diameter_sd < 0.05
    assert abs(axial - 60.0) < 5 * axial_sd < 10.0
    assert spacing == pytest.approx(
        0.5376**2 * 1e3 / (2 * np.pi * 1.495 * np.sqrt(450.0)), rel=0.02
    )


def test_drop(capsys: pytest.CaptureFixture[str]) -> None:
    tell_outline(
        design(profile="droplet", fibre_diameter_um=8.0, diameter_um=15.0, contact_angle_deg=15.0)
    )
    assert "length 27.589 um, volume 2010.2 um^3, axial radius 21.118 um" in capsys.readouterr().err


def test_other_shapes_need_no_word(capsys: pytest.CaptureFixture[str]) -> None:
    tell_outline(design(profile="parabola", diameter_um=15.0, axial_radius_um=60.0))
    assert capsys.readouterr().err == ""


def test_points_of_a_fibre_that_cover_little_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """2 um of 15 um: told. 10 um: nothing. 0.01 um, as a table in um under a header in nm: no."""

    def told(head: str, reach: float) -> str:
        file = tmp_path / "fibre.csv"
        file.write_text(f"{head}\n-{reach},4\n{reach},4\n")
        shape = {"profile": "parabola", "diameter_um": 15.0, "axial_radius_um": 60.0}
        tell_fibre(design(**shape, fibre_file=str(file)))
        return capsys.readouterr().err

    assert "reach from z = -1 to 1 um in a cavity of 15 um; beyond" in told("z_um,r_um", 1.0)
    assert told("z_um,r_um", 5.0) == ""
    with pytest.raises(InputError, match=r"fibre\.csv: the points reach over 0\.01 um"):
        told("z_nm,r_nm", 5.0)
