"""Media of measured cross-sections: tables of a known line give back that line's medium."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import cavitydesign as cd
from cavitydesign.errors import InputError
from cavitydesign.gain import FourLevelMedium, find_medium, medium_from_dict
from cavitydesign.gain.emitters.tabled import TabledMedium
from cavitydesign.lasing import LasingMode
from cavitydesign.lasing.pulses.rate_model import rate_model
from cavitydesign.lasing.steady.threshold import DarkGain

PLACE = np.arange(500.0, 700.0, 0.5)


def known_dye() -> FourLevelMedium:
    dye = find_medium("rhodamine-6G-PMMA")
    assert isinstance(dye, FourLevelMedium)
    return dye


def tables() -> dict[str, object]:
    dye = known_dye()
    lines = dye.class_lines(PLACE)
    return {
        "table_wavelength_nm": PLACE.tolist(),
        "table_emission_cm2": (dye.emission_cross_section_cm2 * lines.emission[0]).tolist(),
        "table_absorption_cm2": (dye.emission_cross_section_cm2 * lines.absorption[0]).tolist(),
        "concentration_per_cm3": dye.concentration_per_cm3,
        "fluorescence_ps": dye.fluorescence_ps,
        "quantum_yield": dye.quantum_yield,
        "pump_cross_section_nm": 530.0,
    }


def test_tables_of_a_known_line_give_its_thresholds() -> None:
    """Gain = loss of a comb of modes by the tables and by the line itself: 7e-4, what a straight
    line between two points is above exp(E / kT): an eighth of (step / kT)^2, 2 meV / 26 meV;
    twice as much in -ln(1 - p) where half of the molecules are excited.
    """
    dye, tabled = known_dye(), medium_from_dict({"kind": "tabled", **tables()})
    assert isinstance(tabled, TabledMedium)
    assert tabled.peak_gain_per_cm == pytest.approx(dye.peak_gain_per_cm, rel=2e-4)
    assert tabled.emission_energy_ev == pytest.approx(dye.emission_energy_ev, abs=1.1e-3)
    assert tabled.emission_fwhm_mev == pytest.approx(dye.emission_fwhm_mev, rel=0.02)
    comb = [LasingMode(f"TM {m} 1 0", 570.0 + 4.13 * m, 0.98, 1.52, 2e4, m=m) for m in range(1, 12)]
    by_line, by_table = (
        DarkGain(rate_model(comb, medium, 1e9, 1), medium).threshold_excitons_each()
        for medium in (dye, tabled)
    )
    assert any(value is not None for value in by_line)
    for right, found in zip(by_line, by_table, strict=True):
        assert found == (None if right is None else pytest.approx(right, rel=1.4e-3))


def test_pump_absorption_is_the_tables_where_none_is_given() -> None:
    tabled = medium_from_dict({"kind": "tabled", **tables()})
    dye = known_dye()
    lines = dye.class_lines(530.0)
    right = dye.emission_cross_section_cm2 * lines.absorption[0, 0]
    assert isinstance(tabled, TabledMedium)
    assert tabled.pump_cross_section_cm2 == pytest.approx(right, rel=7e-4)
    given = medium_from_dict({"kind": "tabled", **tables(), "pump_cross_section_cm2": 4.4e-16})
    assert isinstance(given, TabledMedium) and given.pump_cross_section_cm2 == 4.4e-16


def test_emission_radiates_its_life_time() -> None:
    """Of a narrow line 1 / (8 pi n^2 c sigma_0 int g dlambda / lambda^4), closed form: 1e-3 for the
    curvature of lambda^-4. Cross-sections that radiate twice what the life time allows are told.
    """
    peak, sd, centre = 5e-21, 1.0, 1550.0
    place = centre + np.linspace(-8.0, 8.0, 321)
    emission = peak * np.exp(-0.5 * ((place - centre) / sd) ** 2)
    ion = TabledMedium(
        table_wavelength_nm=tuple(place),
        table_emission_cm2=tuple(emission),
        table_absorption_cm2=tuple(emission),
        pump_cross_section_nm=1550.0,
        fluorescence_ps=1e10,
    )
    area_cm = peak * sd * 1e-7 * np.sqrt(2.0 * np.pi)
    right = 1.0 / (8.0 * np.pi * 1.44**2 * 2.99792458e-2 * area_cm / (centre * 1e-7) ** 4)
    assert ion.radiative_ps(1.44) == pytest.approx(right, rel=1e-3)
    honest = replace(ion, fluorescence_ps=0.9 * ion.radiative_ps())
    assert not honest.warnings([1550.0])
    bright = replace(ion, fluorescence_ps=2.0 * ion.radiative_ps())
    assert any("life time" in line for line in bright.warnings([1550.0]))


def test_modes_beyond_the_table_are_told() -> None:
    tabled = medium_from_dict({"kind": "tabled", **tables()})
    lines = tabled.class_lines([480.0, 570.0])
    assert lines.emission[0, 0] == 0.0 < lines.emission[0, 1]
    assert any("1 modes lie beyond the table" in text for text in tabled.warnings([480.0, 570.0]))


def test_a_design_reads_a_file_beside_it(tmp_path: Path) -> None:
    given = tables()
    columns = [
        given[f"table_{name}"] for name in ("wavelength_nm", "emission_cm2", "absorption_cm2")
    ]
    rows = "\n".join(f"{a},{b},{c}" for a, b, c in zip(*columns, strict=True))  # type: ignore[arg-type]
    (tmp_path / "dye.csv").write_text(f"wavelength_nm,emission_cm2,absorption_cm2\n{rows}\n")
    text = """
[cavity]
profile = "spheroid"
diameter_um = 20.0
body = "PMMA"
[modes]
wavelength_nm = 580.0
span_nm = 5.0
[gain]
kind = "tabled"
name = "dye of my own"
cross_sections_file = "dye.csv"
concentration_per_cm3 = 6e18
fluorescence_ps = 3500.0
pump_cross_section_nm = 530.0
[pump]
photons = 1
wavelength_nm = 530.0
"""
    (tmp_path / "design.toml").write_text(text)
    medium = cd.load_design(tmp_path / "design.toml").medium
    assert isinstance(medium, TabledMedium)
    assert medium.table_wavelength_nm == tuple(PLACE)
    assert medium.peak_gain_per_cm == pytest.approx(known_dye().peak_gain_per_cm, rel=2e-4)
    (tmp_path / "dye.csv").write_text("wavelength_nm,emission_cm2\n500,1e-20\n")
    with pytest.raises(InputError, match="no column absorption_cm2"):
        cd.load_design(tmp_path / "design.toml")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"table_emission_cm2": [1e-20]}, "as many cross-sections"),
        ({"table_wavelength_nm": PLACE[::-1].tolist()}, "must rise"),
        ({"table_emission_cm2": [-1e-20] * len(PLACE)}, "not negative"),
        ({"table_emission_cm2": [0.0] * len(PLACE)}, "positive somewhere"),
        ({"reabsorption": 1.0}, "do not go with them"),
        ({"pump_cross_section_nm": 900.0}, "does not absorb at 900 nm"),
        ({"auger_ps": 7.0}, "unknown key"),
        ({"concentration_per_cm3": "much"}, "must be a number"),
    ],
)
def test_bad_tables_are_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        medium_from_dict({"kind": "tabled", **tables(), **change})
