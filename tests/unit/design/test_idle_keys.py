"""No key of a design is read and changes nothing without a word: each key of [gain], [pump] and
[lasing] is changed by a lot in turn, beside several media and pumps.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from cavitydesign.design import parse_design
from cavitydesign.design.idle import idle_keys
from cavitydesign.design.schema import TABLES
from cavitydesign.errors import InputError
from cavitydesign.lasing import LasingMode, predict_continuous, predict_lasing

DYE = {"medium": "rhodamine-6G-PMMA"}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], float, float]] = {
    "dots": ({"medium": "CsPbBr3-PMMA"}, {}, 537.6, 290.0),
    "long pulse": (
        DYE,
        {"photons": 1, "wavelength_nm": 532.0, "fluence_mj_cm2": [1e-3, 0.1], "pulse_fs": 5e6},
        585.0,
        1e5,
    ),
    "tabled": (
        {
            "kind": "tabled",
            "name": "measured",
            "table_wavelength_nm": [560.0, 570.0, 580.0, 590.0, 600.0, 620.0],
            "table_emission_cm2": [1e-16, 2e-16, 2.5e-16, 2e-16, 1.5e-16, 0.5e-16],
            "table_absorption_cm2": [1e-17, 5e-18, 2e-18, 1e-18, 5e-19, 0.0],
            "concentration_per_cm3": 1e19,
            "fluorescence_ps": 4000.0,
            "quantum_yield": 0.8,
            "pump_cross_section_cm2": 3e-16,
            "pump_cross_section_nm": 532.0,
        },
        {"photons": 1, "wavelength_nm": 532.0, "fluence_mj_cm2": [1e-3, 0.1]},
        585.0,
        1e5,
    ),
    "linear carriers": (
        {
            "kind": "carriers",
            "name": "crystal",
            "gain_law": "linear",
            "emission_energy_ev": 2.32,
            "emission_fwhm_mev": 70.0,
            "transparency_per_cm3": 1e18,
            "rest_absorption_per_cm": 0.0,
            "absorption_per_cm": 5e4,
            "absorption_nm": 400.0,
            "refractive_index": 2.2,
        },
        {"photons": 1, "wavelength_nm": 400.0, "fluence_mj_cm2": [1e-3, 3.0]},
        537.6,
        3e3,
    ),
    "continuous": (
        DYE,
        {"kind": "continuous", "photons": 1, "wavelength_nm": 532.0, "power_uw": [0.1, 1e3]},
        585.0,
        1e5,
    ),
}
OF_SEVERAL_PUMPS = {
    "gain": {
        # constants of an emitter for other numbers of photons, which a medium may hold
        *("sigma_1_cm2", "sigma_2_cm4_s", "sigma_3_cm6_s2", "calibration_excitons"),
        *("calibration_fluence_mj_cm2", "two_photon_excitons", "two_photon_fluence_mj_cm2"),
        *("two_photon_cm_per_gw", "two_photon_nm"),
    }
}
TOLD_BY_WARNINGS = {
    "gain": {
        # where a number was measured, and up to where the model holds
        *("sigma_1_nm", "sigma_2_nm", "sigma_3_nm", "pump_cross_section_nm", "absorption_nm"),
        *("dot_size_nm", "valid_below_ev", "name"),
    },
    # the table of a resonance is flat at the wavelength of its own cross-section; overlaps and
    # exact thresholds need solved modes; of one mode alone no place of the comb counts
    "pump": {"resonance_nm", "resonance_strength", "spot_radius_um"},
    "lasing": {"overlap", "families", "exact_thresholds", "comb_place"},
}
WORDS = {
    "calibration": ("reference", "cross_section"),
    "shape": ("square", "sech2"),
    "convention": ("excitations",),
    "spot": ("flat",),
    "gain_law": ("linear",),
    "comb_place": ("computed",),
}
NEEDS = {
    "reference_excitons": {"reference_fluence_mj_cm2": 2.0},
    "reference_fluence_mj_cm2": {"reference_excitons": 1.0},
    "resonance_nm": {"resonance_strength": [1.0, 3.0]},
    "resonance_strength": {"resonance_nm": [300.0, 2000.0]},
}


def _design(case: str) -> dict[str, Any]:
    gain, pump, wavelength, _ = CASES[case]
    return {
        "cavity": {"profile": "spheroid", "diameter_um": 12.0, "body": "PMMA"},
        "modes": {"wavelength_nm": wavelength, "span_nm": 10.0},
        "gain": dict(gain),
        "pump": dict(pump),
        "lasing": {"fluences": 12, "comb_phases": 4},
    }


def _outcome(raw: dict[str, Any], quality: float) -> dict[str, Any]:
    """What is told of three modes about the wavelength asked, without fields."""
    design = parse_design(raw)
    path = 3.1416e3 * 12.0 * 1.47
    first = round(path / raw["modes"]["wavelength_nm"])
    comb = [
        LasingMode(f"TM {m} 1 0", path / m, 0.98, 1.525, quality, 25.0, "TM", m, 1, 0, path / m**2)
        for m in range(first - 1, first + 2)
    ]
    solve = predict_continuous if design.pump.kind == "continuous" else predict_lasing
    found = solve(comb, design.needed_medium(), design.pump, design.lasing, 12.0)
    told = found.to_json_dict()
    return {key: value for key, value in told.items() if key not in ("seconds", "warnings")}


def _others(table: str, key: str, now: Any) -> Iterator[Any]:
    """Values far from the present one."""
    annotation = str(TABLES[table].model_fields[key].annotation)
    if key in WORDS:
        yield from (value for value in WORDS[key] if value != now)
    elif key == "energy_jitter":
        yield 0.25
    elif key in ("fluence_mj_cm2", "power_uw"):
        yield [0.3, 30.0]
    elif "tuple" in annotation:
        yield [3.0, 1.0] if key.endswith("strength") else [350.0, 2500.0]
    elif "bool" in annotation:
        yield not now
    elif "int" in annotation:
        yield from (value for value in (3, 1, 6, 24) if value != now)
    elif "float" in annotation:
        yield from (0.5 * (now or 1.0), 2.0 * (now or 1.0), 0.98 * (now or 1.0))


def _fate(
    base: dict[str, Any],
    table: str,
    key: str,
    values: Iterator[Any],
    nominal: dict[str, Any],
    quality: float,
) -> str:
    """What becomes of a key: it is refused or told, it moves an outcome, or it is silent."""
    fate = "refused"
    for value in values:
        raw = copy.deepcopy(base)
        raw[table] |= {key: value} | NEEDS.get(key, {})
        if value == "reference":
            raw[table] |= {"reference_excitons": 1.0, "reference_fluence_mj_cm2": 2.0}
        try:
            if any(line.startswith(f"{table}.{key} ") for line in idle_keys(parse_design(raw))):
                return "told"
            if _outcome(raw, quality) != nominal:
                return "moves"
        except InputError:
            continue
        fate = "silent"
    return fate


@pytest.mark.parametrize("case", CASES)
def test_every_key_counts_is_refused_or_told(case: str) -> None:
    """A key that is neither refused, nor told to be idle, nor of another pump, moves an outcome."""
    base = _design(case)
    quality = CASES[case][3]
    nominal, silent, moved = _outcome(base, quality), [], 0
    design = parse_design(base)
    for table, spec in (("gain", design.medium), ("pump", design.pump), ("lasing", design.lasing)):
        exempt = OF_SEVERAL_PUMPS.get(table, set()) | TOLD_BY_WARNINGS[table]
        for key in TABLES[table].model_fields:
            if key in exempt or key in ("kind", "medium", "samples", "quality", "doped_region"):
                continue
            now = base[table].get(key, getattr(spec, key, None))
            fate = _fate(base, table, key, _others(table, key, now), nominal, quality)
            moved += fate == "moves"
            if fate == "silent":
                silent.append(f"{table}.{key}")
    assert silent == []
    assert moved > 15


@pytest.mark.parametrize(
    ("pump", "lasing", "words"),
    [
        ({"kind": "continuous", "photons": 1, "fluence_mj_cm2": [1.0, 2.0]}, {}, "give power_uw"),
        ({"kind": "continuous", "photons": 1}, {"at_fluence_mj_cm2": 2.0}, "give at_power_uw"),
        ({"power_uw": [1.0, 2.0]}, {}, "give fluence_mj_cm2"),
        ({"absorbed_share": 0.5}, {}, "give fluence_mj_cm2"),
        ({}, {"at_power_uw": 3.0}, "give at_fluence_mj_cm2"),
        ({"reference_excitons": 2.0}, {}, 'calibration = "reference"'),
        ({"spot": "flat", "spot_radius_um": 4.0}, {}, "a flat spot has no radius"),
    ],
)
def test_keys_of_another_kind_are_refused(
    pump: dict[str, Any], lasing: dict[str, Any], words: str
) -> None:
    """One line with the key and what is meant in its place."""
    raw = _design("dots") | {"pump": pump, "lasing": lasing}
    with pytest.raises(InputError) as told:
        parse_design(raw)
    (line,) = told.value.problems
    assert words in line


def test_idle_keys_are_told_with_the_reason() -> None:
    """A key beside others that leave it without effect; and none of an ordinary design."""
    raw = _design("dots")
    assert idle_keys(parse_design(raw)) == ()
    raw["pump"] = {"pulse_fs": 80.0, "shape": "square", "convention": "excitations"}
    raw["cavity"] |= {"correlation_nm": 50.0, "fibre": "silica"}
    raw["lasing"] |= {"diameter_sd_um": 0.1}
    raw["sensing"] = {"layer_index": 1.5}
    told = idle_keys(parse_design(raw))
    assert [line.split(" ")[0] for line in told] == [
        *("cavity.correlation_nm", "cavity.fibre", "sensing.layer_index"),
        *("pump.convention", "pump.pulse_fs", "pump.shape", "lasing.diameter_sd_um"),
    ]
    assert 'calibration = "cross_section" asks for it' in told[3]
    raw["pump"]["calibration"] = "cross_section"
    assert not any("pump." in line for line in idle_keys(parse_design(raw)))
    del raw["gain"]
    assert any(line.startswith("[lasing]") for line in idle_keys(parse_design(raw)))


def test_lines_that_no_emitter_has_are_refused() -> None:
    """Absorption 1e19 times the emission left rate equations without steps to take; a pump that
    empties the upper level alone divided by nothing.
    """
    raw = _design("dots")
    raw["gain"]["crossing_energy_ev"] = 1.156
    with pytest.raises(InputError, match="ten line widths below"):
        parse_design(raw)
    raw = _design("continuous")
    raw["gain"]["crossing_energy_ev"] = 4.56
    with pytest.raises(InputError, match="no emitter is excited"):
        _outcome(raw, 1e5)


@pytest.mark.parametrize(
    "pump",
    [
        {"photons": 2, "wavelength_nm": 1064.0, "pulse_fs": 150.0},
        {
            "photons": 1,
            "wavelength_nm": 532.0,
            "cross_section": 1e308,
            "calibration": "reference",
            "reference_excitons": 1.0,
            "reference_fluence_mj_cm2": 1.0,
        },
    ],
)
def test_a_pump_that_excites_nothing_stops_no_search_for_modes(pump) -> None:
    """What is told of its keys was an error of `cavitydesign modes`, which needs no pump."""
    plain = {
        "cavity": {"profile": "cylinder", "diameter_um": 6.0, "body": "PMMA", "surround": "air"},
        "modes": {"wavelength_nm": 585.0, "span_nm": 10.0},
        "gain": dict(DYE),
        "pump": pump,
    }
    told = idle_keys(parse_design(plain))
    assert not any("pulse_fs" in line for line in told)
