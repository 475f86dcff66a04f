"""From a file to domain objects: values, overrides, spreads, and files that cannot be read."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from cavitydesign import sphere
from cavitydesign.design import load_design, parse_design
from cavitydesign.errors import InputError
from cavitydesign.gain import DotMedium, Pump
from cavitydesign.geometry import Cosine, Cylinder, Droplet, Parabola, Spheroid
from cavitydesign.lasing.request import LasingRequest
from cavitydesign.materials import ConstantIndex

QUICKSTART = Path(__file__).parents[3] / "studies" / "quickstart" / "design.toml"
SPHERE = {
    "cavity": {"profile": "spheroid", "diameter_um": 10.0, "body": {"index": 1.5}},
    "modes": {"wavelength_nm": 600.0, "azimuthal_order": 60},
}


def test_quickstart() -> None:
    design = load_design(QUICKSTART)
    assert design.cavity.outline == Parabola(7.5, 60.0)
    assert design.cavity.fibre_radius_um == 4.0
    assert [name for name, _ in design.cavity.regions] == ["fibre", "body", "surround"]
    assert design.cavity.body.name.startswith("PMMA")
    assert design.modes.span_nm == 10.0
    assert design.path == QUICKSTART
    assert design.spreads == {}


def test_parsing_the_raw_design_again_gives_the_same() -> None:
    design = load_design(QUICKSTART, {"cavity.diameter_um": {"value": 16.0, "sd": 0.2}})
    again = parse_design(design.raw)
    assert dataclasses.replace(again, path=design.path) == design


@pytest.mark.parametrize(
    ("cavity", "outline"),
    [
        ({"profile": "parabola", "axial_radius_um": 40.0}, Parabola(5.0, 40.0)),
        ({"profile": "cosine", "axial_radius_um": 40.0}, Cosine(5.0, 40.0)),
        ({"profile": "spheroid"}, Spheroid(5.0, 5.0)),
        ({"profile": "spheroid", "polar_radius_um": 7.0}, Spheroid(5.0, 7.0)),
        ({"profile": "cylinder"}, Cylinder(5.0)),
    ],
)
def test_profiles(cavity: dict[str, object], outline: object) -> None:
    design = parse_design(
        {**SPHERE, "cavity": {"diameter_um": 10, "body": {"index": 1.5}, **cavity}}
    )
    assert design.cavity.outline == outline
    assert design.cavity.sliced is (cavity["profile"] == "cylinder")
    assert design.cavity.surround.index(600.0) == pytest.approx(1.0, abs=1e-3)


def test_explicit_medium() -> None:
    medium = {"index": 1.49, "absorption_per_cm": 0.5, "index_extraordinary": 1.52}
    design = parse_design(SPHERE, overrides={"cavity.body": medium})
    body = design.cavity.body
    assert isinstance(body, ConstantIndex)
    assert (body.index(600.0), body.index_extraordinary(600.0)) == (1.49, 1.52)
    assert body.absorption_per_cm(600.0) == pytest.approx(0.5, rel=1e-12)


def test_droplet_and_drying() -> None:
    drop = {
        "profile": "droplet",
        "diameter_um": 15.0,
        "contact_angle_deg": 20.0,
        "fibre_diameter_um": 8.0,
    }
    raw = {**SPHERE, "cavity": {**drop, "body": "PMMA", "fibre": "silica"}}
    wet = parse_design(raw).cavity.outline
    dry = parse_design(
        raw, overrides={"cavity.solid_fraction": 0.5, "cavity.contact_line": "receding"}
    ).cavity.outline
    assert isinstance(wet, Droplet) and isinstance(dry, Droplet)
    assert wet.equator_radius_um == 7.5
    assert dry.volume_um3 == pytest.approx(0.5 * wet.volume_um3, rel=1e-9)


def test_mixed_medium() -> None:
    medium = {"host": "PMMA", "inclusion": "CsPbBr3", "volume_fraction": 0.02}
    body = load_design(QUICKSTART, {"cavity.body": medium}).cavity.body
    host = load_design(QUICKSTART).cavity.body
    assert host.index(537.6) < body.index(537.6) < host.index(537.6) + 0.05


def test_coatings_and_taper() -> None:
    design = load_design(
        QUICKSTART,
        {
            "cavity.coatings": [{"name": "primer", "thickness_um": 0.5, "material": "PMMA"}],
            "cavity.fibre_taper": 0.001,
        },
    )
    assert design.cavity.inner_radii_um == (4.0, 4.5)
    assert design.cavity.fibre_taper == 0.001
    assert not design.cavity.symmetric


def test_fibre_by_points_and_by_file(tmp_path: Path) -> None:
    points = [[-10.0, 4.4], [-5.0, 4.1], [0.0, 4.0], [6.0, 4.2], [10.0, 4.3]]
    raw = load_design(QUICKSTART).raw
    del raw["cavity"]["fibre_diameter_um"]
    listed = parse_design(raw, overrides={"cavity.fibre_points_um": points}).cavity
    (tmp_path / "fibre.csv").write_text(
        "z_nm,r_um\n" + "\n".join(f"{1e3 * z},{r}" for z, r in reversed(points))
    )
    path = tmp_path / "design.toml"
    from_file = parse_design(raw, overrides={"cavity.fibre_file": "fibre.csv"}, path=path).cavity
    z = np.array([point[0] for point in points])
    for cavity in (listed, from_file):
        assert cavity.fibre_radius_um == pytest.approx(4.0, rel=1e-12)
        assert cavity.interface_um(4.0, z) == pytest.approx(
            [point[1] for point in points], rel=1e-12
        )
        assert not cavity.symmetric and [name for name, _ in cavity.regions] == [
            "fibre",
            "body",
            "surround",
        ]
    assert listed.fibre_shape is not None
    changed = parse_design(
        raw,
        overrides={
            "cavity.fibre_points_um": points,
            "cavity.fibre_points_um.2.1": {"value": 4.05, "sd": 0.01},
        },
    )
    assert changed.cavity.fibre_radius_um == pytest.approx(4.05, rel=1e-12)
    assert changed.spreads == {"cavity.fibre_points_um.2.1": 0.01}


def test_fibre_of_a_measured_outline_has_its_z(tmp_path: Path) -> None:
    """Outline and wall in one coordinate, the equator at z = 30 um; bare fibre beside the body is
    left out.
    """
    z = np.linspace(10.0, 50.0, 240)
    wall = 4.0 + 0.01 * (z - 30.0)
    r = np.maximum(7.5 - (z - 30.0) ** 2 / 60.0, wall)
    (tmp_path / "outline.csv").write_text(
        "z_um,r_um\n" + "\n".join(f"{a:.9f},{b:.9f}" for a, b in zip(z, r, strict=True))
    )
    (tmp_path / "fibre.csv").write_text(
        "z_um,r_um\n" + "\n".join(f"{a:.9f},{b:.9f}" for a, b in zip(z, wall, strict=True))
    )
    cavity = {
        "profile": "outline",
        "file": "outline.csv",
        "fibre_file": "fibre.csv",
        "fibre": "silica",
        "body": "PMMA",
    }
    made = parse_design({**SPHERE, "cavity": cavity}, path=tmp_path / "design.toml").cavity
    assert made.outline.equator_radius_um == pytest.approx(7.5, rel=1e-8)
    assert made.outline.axial_radius_um == pytest.approx(30.0, rel=1e-6)
    assert made.fibre_radius_um == pytest.approx(4.0, rel=1e-8)
    assert made.interface_um(made.fibre_radius_um, np.array([-5.0, 5.0])) == pytest.approx(
        [3.95, 4.05], rel=1e-7
    )


def test_no_fibre_without_diameter() -> None:
    design = load_design(QUICKSTART, {"cavity.fibre_diameter_um": 0})
    assert design.cavity.fibre is None
    assert [name for name, _ in design.cavity.regions] == ["body", "surround"]


def test_overrides_accept_numpy_numbers_and_leave_the_input_alone() -> None:
    raw = {"cavity": dict(SPHERE["cavity"]), "modes": dict(SPHERE["modes"])}
    design = parse_design(
        raw,
        overrides={"cavity.diameter_um": np.float64(12.5), "modes.azimuthal_order": np.int64(70)},
    )
    assert (design.cavity.diameter_um, design.modes.azimuthal_order) == (12.5, 70)
    assert raw["cavity"]["diameter_um"] == 10.0


def test_gain_pump_and_lasing() -> None:
    design = load_design(QUICKSTART, {"gain.peak_gain_per_cm": 900.0, "pump.pulse_fs": 80})
    assert (design.medium.name, design.medium.peak_gain_per_cm) == ("CsPbBr3-PMMA", 900.0)
    assert design.pump == Pump(fluence_mj_cm2=(1.2, 5.5), pulse_fs=80.0)
    assert design.lasing == LasingRequest(quality={"per_um": 24.0}, families="asked")
    defaults = parse_design(SPHERE)
    assert (defaults.medium, defaults.pump, defaults.lasing) == (None, Pump(), LasingRequest())
    with pytest.raises(InputError, match=r'add \[gain\] with medium = "CsPbBr3-PMMA"'):
        defaults.needed_medium()
    named = parse_design(SPHERE, overrides={"gain.medium": "CsPbBr3-PMMA"})
    assert named.medium == named.needed_medium() == DotMedium()


def test_spread_of_the_diameter_reaches_the_lasing_request() -> None:
    spread = {"cavity.diameter_um": {"value": 15.0, "sd": 0.3}}
    assert load_design(QUICKSTART, spread).lasing.diameter_sd_um == 0.3
    assert (
        load_design(QUICKSTART, {**spread, "lasing.diameter_sd_um": 0.1}).lasing.diameter_sd_um
        == 0.1
    )


def test_spreads() -> None:
    raw = {
        **SPHERE,
        "cavity": {
            **SPHERE["cavity"],
            "diameter_um": {"value": 10.0, "sd": 0.2},
            "roughness_nm": {"value": 2, "sd": 1},
        },
    }
    design = parse_design(raw)
    assert design.cavity.diameter_um == 10.0
    assert design.spreads == {"cavity.diameter_um": 0.2, "cavity.roughness_nm": 1.0}
    assert (
        parse_design(raw, overrides={"cavity.diameter_um": 11.0}).spreads["cavity.diameter_um"]
        == 0.2
    )


@pytest.mark.parametrize("key", ["cavity", "cavity.diameter_um.inner", "cavity.", ""])
def test_override_that_cannot_be_set(key: str) -> None:
    with pytest.raises(InputError):
        parse_design(SPHERE, overrides={key: 1.0})


def test_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "design.toml").write_text("")
    with pytest.raises(
        InputError, match=r"desing\.toml: no such file; did you mean 'design\.toml'\?"
    ):
        load_design(tmp_path / "desing.toml")
    with pytest.raises(InputError, match="no such file \\(nor the folder"):
        load_design(tmp_path / "nowhere" / "design.toml")


def test_folder_instead_of_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder; give a TOML file"):
        load_design(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[cavity\nprofile = 3", r"design\.toml: not TOML: .*line 1"),
        (
            b'[cavity]\nprofile = "parabola"\nprofile = "cosine"\n',
            r"design\.toml: not TOML: .*line 3",
        ),
        (b"diameter = 15,0", r"design\.toml: not TOML: .*line 1"),
        (
            '[cavity]\nprofile = "kegel für"'.encode("latin-1"),
            r"design\.toml: not UTF-8 text \(byte 27\)",
        ),
        (b"\x89PNG\r\n\x1a\n\x00", r"design\.toml: not UTF-8 text"),
        (b"a = " + b"[" * 5000, r"design\.toml: not TOML"),
        (b"", r"design\.toml: cavity: missing"),
    ],
)
def test_damaged_files(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "design.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        load_design(path)
    assert all("\n" not in line for line in caught.value.problems)


def test_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "design.toml"
    path.write_bytes(b"\xef\xbb\xbf" + QUICKSTART.read_bytes())
    assert load_design(path).cavity.diameter_um == 15.0


def test_none_takes_a_key_away() -> None:
    """From all modes of a range to one azimuthal order, which excludes the span."""
    ball = sphere(diameter_um=6.0, body={"index": 1.5}, wavelength_nm=620.0, span_nm=9.0)
    one = ball.with_values({"modes.span_nm": None, "modes.azimuthal_order": 40})
    assert one.modes.azimuthal_order == 40 and one.modes.span_nm is None
    assert "span_nm" not in one.raw["modes"] and "span_nm" in ball.raw["modes"]
    assert ball.with_values({"cavity.coatings": None}).cavity.coatings == ()
    with pytest.raises(InputError, match="diameter_um"):
        ball.with_values({"cavity.diameter_um": None})
