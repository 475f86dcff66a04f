"""Designs whose cavity is a section: media by region, constants, walls; what does not fit is told
in one line.
"""

from pathlib import Path
from typing import Any

import meshio
import numpy as np
import pytest

from cavitydesign.design import parse_design
from cavitydesign.errors import InputError
from cavitydesign.mesh.section_cavity import SectionCavity


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a square section of two regions, in a format that has no names."""
    x, y = np.meshgrid(np.linspace(1.0, 3.0, 5), np.linspace(-1.0, 1.0, 5), indexing="ij")
    number = np.arange(25).reshape(5, 5)
    cells = np.array(
        [
            [number[i, j], number[i + 1, j], number[i + 1, j + 1], number[i, j + 1]]
            for i in range(4)
            for j in range(4)
        ]
    )
    region = np.repeat([1, 1, 2, 2], 4)
    points = np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], axis=1)
    meshio.Mesh(points, [("quad", cells)], cell_data={"region": [region]}).write(
        tmp_path / "square.vtu"
    )
    return tmp_path


def design(folder: Path, **cavity: Any) -> Any:
    names = {"region 1": "body", "region 2": "surround"}
    table = {
        "profile": "section",
        "file": "square.vtu",
        "body": "PMMA",
        "region_names": names,
    } | cavity
    raw = {"cavity": {key: value for key, value in table.items() if value is not None}}
    modes = {"wavelength_nm": 600.0, "azimuthal_order": 20}
    return parse_design(raw | {"modes": modes}, "design.toml", path=folder / "design.toml")


def test_regions_take_their_media(folder: Path) -> None:
    cavity = design(folder, roughness_nm=2.0).cavity
    assert isinstance(cavity, SectionCavity)
    assert [(name, medium.name) for name, medium in cavity.regions] == [
        ("body", "PMMA"),
        ("surround", "air"),
    ]
    assert cavity.diameter_um == pytest.approx(4.0) and cavity.roughness_nm == 2.0
    assert cavity.outline.reach_um == pytest.approx((-1.0, 1.0))
    assert cavity.outline.axial_radius_um == np.inf


# the inner region is the body; a name of two words needs its quotes
NAMES = '[cavity.region_names], such as disk = "body", "outside air" = "surround"'


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"file": "sqare.vtu"}, ["no such file", "square.vtu"]),
        ({"file": None}, ["cavity.file", "missing"]),
        ({"region_names": None}, ["no region named 'body'", "region 1, region 2"]),
        (
            {"region_names": {"region 1": "disk", "region 2": "outside air"}},
            ["no regions named 'body' and 'surround'", "it has disk, outside air", NAMES],
        ),
        ({"region_names": {"region 3": "body"}}, ["no region named 'region 3'"]),
        ({"materials": {"stem": "silica"}}, ["no region named 'stem'", "body, surround"]),
        (
            {"region_names": {"region 1": "body", "region 2": "shell"}},
            ["no region named 'surround'", "what lies around the body is drawn too"],
        ),
        (
            {"materials": {"stem": {"indx": 1.4}}},
            ["cavity.materials.stem.indx", "did you mean 'index'"],
        ),
        ({"materials": {"stem": "silicaa"}}, ["silicaa", "did you mean 'silica'"]),
        ({"parameters": {"diameter": 3.0}}, ["parameters belong to a .geo section"]),
        ({"parameters": {"diameter": "wide"}}, ["cavity.parameters.diameter", "must be a number"]),
        ({"magnetic_walls": ["axis"]}, ["no curve named 'axis'"]),
        ({"electric_walls": ["plate"]}, ["no curve named 'plate'"]),
        ({"diameter_um": 3.0}, ["cavity.diameter_um", "does not belong to profile section"]),
        (
            {"fibre_diameter_um": 1.0},
            ["cavity.fibre_diameter_um", "does not belong to profile section"],
        ),
    ],
)
def test_what_does_not_fit_is_told(folder: Path, change: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(InputError) as refused:
        design(folder, **change)
    print(refused.value)
    assert any(all(word in line for word in words) for line in refused.value.problems)
    assert all(line.startswith("design.toml: ") for line in refused.value.problems)


def test_keys_of_a_section_belong_to_it() -> None:
    raw = {
        "profile": "spheroid",
        "diameter_um": 5.0,
        "body": "PMMA",
        "materials": {"stem": "silica"},
    }
    with pytest.raises(InputError, match="does not belong to profile spheroid"):
        parse_design({"cavity": raw, "modes": {"wavelength_nm": 600.0, "span_nm": 5.0}})
