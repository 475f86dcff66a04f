"""Numbers a thousand times off are told in one line with the likely unit; usual ones are not."""

from pathlib import Path

import pytest

from cavitydesign.design import read_toml
from cavitydesign.design.unlikely import unlikely_in_ranges, unlikely_values

SHIPPED = sorted((Path(__file__).parents[3] / "studies").rglob("*.toml"))


@pytest.mark.parametrize(
    ("key", "value", "meant"),
    [
        ("cavity.diameter_um", 15000.0, "15 um if nm"),
        ("cavity.diameter_um", {"value": 15000.0, "sd": 1.0}, "15 um if nm"),
        ("cavity.diameter_um", 0.015, "15 um if mm"),
        ("cavity.axial_radius_um", 250e3, "250 um if nm"),
        ("cavity.roughness_nm", 500.0, "0.5 nm if pm"),
        ("cavity.roughness_nm", 0.001, "1 nm if um"),
        ("modes.wavelength_nm", 1.55, "1550 nm if um"),
        ("pump.wavelength_nm", 0.8, "800 nm if um"),
        ("pump.fluence_mj_cm2", [0.5, 1200.0], "1.2 mJ/cm2 if uJ/cm2"),
        ("pump.pulse_fs", 0.1, "100 fs if ps"),
    ],
)
def test_a_thousand_times_off_is_told(key: str, value: object, meant: str) -> None:
    """One line, with the value in the key's unit if the other unit was meant."""
    table, name = key.split(".")
    (line,) = unlikely_values({table: {name: value}})
    assert line.startswith(key) and meant in line


def test_a_coating_of_another_unit_is_told() -> None:
    """0.00005 um is less than an atom: 0.05 um if mm was meant."""
    (line,) = unlikely_values({"cavity": {"coatings": [{"thickness_um": 5e-5}]}})
    assert "cavity.coatings.0.thickness_um" in line and "0.05 um if mm" in line


def test_what_somebody_works_with_is_not_told() -> None:
    """A crystal of 10 mm, a dielectric resonator at 30 GHz, pulses of 10 ns, no roughness."""
    assert not unlikely_values({"cavity": {"diameter_um": 1e4, "roughness_nm": 0.0}})
    microwave = {"cavity": {"diameter_um": 5e4}, "modes": {"wavelength_nm": 1e7}}
    assert not unlikely_values(microwave)
    assert not unlikely_values({"pump": {"pulse_fs": 1e7, "fluence_mj_cm2": [0.001, 0.1]}})


def test_the_ends_of_what_varies_are_told() -> None:
    """Axes of studies and variables of goals: 1200 mJ/cm2 and 15000 um among usual values; what
    the base says of a key that varies is of no point.
    """
    base = {"cavity": {"diameter_um": 9e5, "roughness_nm": 500.0}, "pump": {"fluence_mj_cm2": 1.0}}
    varied = {"cavity.diameter_um": (15.0, 15000.0, 20.0), "pump.fluence_mj_cm2": (1200.0,)}
    rough, wide, strong = unlikely_in_ranges(base, varied)
    assert rough.startswith("cavity.roughness_nm = 500") and "15 um if nm" in wide
    assert "1.2 mJ/cm2 if uJ/cm2" in strong
    usual = {"cavity.diameter_um": (15.0, 20.0), "cavity.body": ("PMMA", "silica")}
    assert unlikely_in_ranges({"cavity": {"diameter_um": 9e5}}, usual) == ()


def test_no_shipped_design_is_told() -> None:
    """All designs that ship, studies among them."""
    assert SHIPPED
    for path in SHIPPED:
        assert not unlikely_values(read_toml(path)), path
