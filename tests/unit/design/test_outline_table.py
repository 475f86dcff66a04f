"""The table of outlines: an entry there is a profile of the design file and of everything that
reads one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cavitydesign as cd
from cavitydesign.app.profile_controls import profile_controls
from cavitydesign.design import key_problem, outlines, schema
from cavitydesign.design.key_types import Length
from cavitydesign.design.outlines import Control, Profile, ShapeKey
from cavitydesign.errors import InputError
from cavitydesign.geometry import Spheroid
from cavitydesign.visualise.fields.cavity_view import draw_cavity


@dataclass(frozen=True)
class Lens(Spheroid):
    """A made-up outline: a spheroid by its height."""


DESIGN: dict[str, Any] = {
    "cavity": {"profile": "lens", "diameter_um": 6.0, "height_um": 6.0, "body": "PMMA"},
    "modes": {"wavelength_nm": 540.0, "span_nm": 12.0},
}


@pytest.fixture(autouse=True)
def lens(monkeypatch: pytest.MonkeyPatch) -> None:
    height = Control("height (µm)", "from pole to pole", 1, 100, of_diameter=1.0)
    entry = Profile(
        {
            "diameter_um": outlines.PROFILES["parabola"].keys["diameter_um"],
            "height_um": ShapeKey(Length, "height of the lens, um", height),
        },
        ("diameter_um", "height_um"),
        lambda table, folder: Lens(0.5 * table.diameter_um, 0.5 * table.height_um),
        in_explorer=True,
    )
    monkeypatch.setitem(outlines.PROFILES, "lens", entry)
    monkeypatch.setitem(schema.TABLES, "cavity", schema.cavity_table())


def test_a_new_outline_is_solved_and_drawn() -> None:
    """A lens as high as wide is the sphere, whose modes are known."""
    found = cd.find_modes(cd.parse_design(DESIGN))
    ball = {"profile": "spheroid", "diameter_um": 6.0, "body": "PMMA"}
    sphere = cd.find_modes(cd.parse_design({**DESIGN, "cavity": ball}))
    assert [mode.wavelength_nm for mode in found] == [mode.wavelength_nm for mode in sphere]
    assert draw_cavity(cd.parse_design(DESIGN).cavity).axes


def test_a_new_outline_is_in_messages_studies_and_spreads() -> None:
    assert key_problem("cavity.height_um") is None
    with pytest.raises(InputError) as refused:
        cd.parse_design({**DESIGN, "cavity": {**DESIGN["cavity"], "height_um": -1.0}})
    assert "height of the lens, um" in str(refused.value)
    wrong = {"profile": "parabola", "diameter_um": 6.0, "axial_radius_um": 9.0, "height_um": 1.0}
    with pytest.raises(InputError) as refused:
        cd.parse_design({**DESIGN, "cavity": {**wrong, "body": "PMMA"}})
    assert "it is a key of lens" in str(refused.value)
    with pytest.raises(InputError) as refused:
        cd.parse_design({**DESIGN, "cavity": {"profile": "lens", "body": "PMMA"}})
    assert "profile lens needs diameter_um, height_um" in str(refused.value)
    spread = {**DESIGN["cavity"], "height_um": {"value": 6.0, "sd": 0.1}}
    assert cd.parse_design({**DESIGN, "cavity": spread}).spreads


def test_a_new_outline_is_in_the_explorer() -> None:
    (told,) = [one for one in profile_controls() if one["name"] == "lens"]
    assert told["offered"] and told["keys"] == ["diameter_um", "height_um"]
    (control,) = told["controls"]
    assert (control["key"], control["label"]) == ("cavity.height_um", "height (µm)")


def test_every_outline_of_the_package_has_an_entry(tmp_path: Path) -> None:
    """Each class of `geometry` that is an outline can be written in a design file."""
    (tmp_path / "outline.csv").write_text(
        "z_um,r_um\n" + "\n".join(f"{z},{7.5 - z**2 / 120}" for z in np.linspace(-8.0, 8.0, 41))
    )
    shapes: dict[str, dict[str, Any]] = {
        "Parabola": {"profile": "parabola", "diameter_um": 15.0, "axial_radius_um": 60.0},
        "Cosine": {"profile": "cosine", "diameter_um": 15.0, "axial_radius_um": 60.0},
        "Spheroid": {"profile": "spheroid", "diameter_um": 15.0},
        "Cylinder": {"profile": "cylinder", "diameter_um": 15.0},
        "Droplet": {
            "profile": "droplet",
            "diameter_um": 15.0,
            "contact_angle_deg": 15.0,
            "fibre_diameter_um": 8.0,
            "fibre": "silica",
        },
        "MeasuredOutline": {"profile": "outline", "file": "outline.csv"},
    }
    for name, shape in shapes.items():
        tables = {**DESIGN, "cavity": {**shape, "body": "PMMA"}}
        design = cd.parse_design(tables, path=tmp_path / "design.toml")
        assert type(design.cavity.outline).__name__ == name
