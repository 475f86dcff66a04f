"""The spread of any number of a design: its effect is that of solves on either side, or it is
refused or told to change nothing.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from cavitydesign.design import Design, parse_design
from cavitydesign.design.varied import beside
from cavitydesign.errors import InputError
from cavitydesign.lasing import predict_lasing as predict
from cavitydesign.lasing.pulses import pulse_solver
from cavitydesign.modes import ModeSet
from cavitydesign.modes import find_modes as solve
from cavitydesign.workflow.steps import find_modes, predict_lasing, static_thresholds

Raw = dict[str, Any]
BOTTLE: Raw = {
    "cavity": {
        "profile": "parabola",
        "diameter_um": 15.0,
        "axial_radius_um": 60.0,
        "fibre_diameter_um": 13.0,
        "fibre": {"index": 1.46},
        "body": {"index": 1.495, "absorption_per_cm": 0.5},
        "roughness_nm": 4.0,
    },
    "modes": {"wavelength_nm": 537.6, "azimuthal_order": 122},
    "gain": {"medium": "CsPbBr3-PMMA"},
}
DROP = {"profile": "droplet", "axial_radius_um": None, "fibre_diameter_um": 8.0}
POINTS = {"fibre_diameter_um": None, "fibre_points_um": [[-5.0, 6.4], [0.0, 6.5], [5.0, 6.4]]}
FREE = {"profile": "spheroid", "axial_radius_um": None, "fibre_diameter_um": None, "fibre": None}
SHELL = {"name": "clad", "thickness_um": 0.3, "material": {"index": 1.47}}


def changed(raw: Raw, key: str, value: Any, cavity: Raw | None = None) -> Raw:
    """A copy with a dotted key set, and keys of [cavity] set or dropped first."""
    raw = copy.deepcopy(raw)
    for name, item in (cavity or {}).items():
        raw["cavity"].pop(name, None)
        if item is not None:
            raw["cavity"][name] = copy.deepcopy(item)
    *folders, last = (int(part) if part.isdecimal() else part for part in key.split("."))
    table: Any = raw
    for folder in folders:
        table = table[folder] if isinstance(table, list) else table.setdefault(folder, {})
    table[last] = value
    return raw


CAVITY = [
    ("cavity.diameter_um", 15.0, 0.01, {}),
    ("cavity.axial_radius_um", 60.0, 2.0, {}),
    ("cavity.polar_radius_um", 20.0, 0.1, FREE),
    ("cavity.contact_angle_deg", 15.0, 0.5, DROP),
    ("cavity.length_um", 27.0, 0.3, DROP),
    ("cavity.volume_um3", 2010.0, 4.0, {**DROP, "diameter_um": None, "contact_angle_deg": 15.0}),
    ("cavity.solid_fraction", 0.8, 0.002, {**DROP, "diameter_um": 16.0, "contact_angle_deg": 15.0}),
    ("cavity.fibre_diameter_um", 13.0, 0.02, {}),
    ("cavity.fibre_taper", 0.02, 0.003, {}),
    ("cavity.fibre_points_um.1.1", 6.5, 0.02, POINTS),
    ("cavity.body.index", 1.495, 1e-3, {"body": {}}),
    ("cavity.body.index_extraordinary", 1.50, 1e-3, {"body": {"index": 1.495}}),
    ("cavity.body.index_offset", 0.0, 1e-3, {"body": {"name": "PMMA"}}),
    ("cavity.body.absorption_per_cm", 0.5, 0.01, {"body": {"index": 1.495}}),
    ("cavity.body.volume_fraction", 0.01, 0.001, {"body": {"host": "PMMA", "inclusion": "CsPbBr3"}}),
    ("cavity.fibre.index", 1.46, 2e-3, {"fibre": {}}),
    ("cavity.surround.index", 1.0, 1e-3, {"surround": {}}),
    ("cavity.coatings.0.thickness_um", 0.3, 0.01, {"coatings": [SHELL]}),
    ("cavity.coatings.0.material.index", 1.47, 5e-3, {"coatings": [{**SHELL, "material": {}}]}),
    ("cavity.roughness_nm", 4.0, 0.05, {}),
    ("cavity.correlation_nm", 100.0, 1.0, {}),
]  # fmt: skip


def outcomes(design: Design) -> dict[str, float]:
    """What the mode of q = 0 carries, by the name of its standard deviation."""
    found = solve(design.cavity, design.modes)
    mode = found.modes[0]
    values = {
        "wavelength_sd_nm": mode.wavelength_nm,
        "fsr_sd_nm": mode.fsr_nm,
        "log10_q_radiation_sd": mode.losses.radiation,
        "log10_q_absorption_sd": mode.losses.absorption,
        "log10_q_scattering_sd": mode.losses.scattering,
        "log10_q_total_sd": mode.losses.total,
        "threshold_gain_sd_per_cm": static_thresholds(found, design)[mode.label][
            "threshold_gain_per_cm"
        ],
    }
    return {name: value for name, value in values.items() if value is not None}


FLOORS = {"wavelength_sd_nm": 1e-5, "fsr_sd_nm": 1e-6, "threshold_gain_sd_per_cm": 1e-4}


@pytest.mark.parametrize(("key", "value", "sd", "cavity"), CAVITY, ids=[case[0] for case in CAVITY])
def test_number_of_the_cavity_has_the_effect_of_two_solves(
    key: str, value: float, sd: float, cavity: Raw
) -> None:
    """Half a standard deviation to either side, solved to 1e-6: differences to 3 %, and to what
    1e-6 of each solve leaves.
    """
    (mode, *_) = find_modes(parse_design(changed(BOTTLE, key, {"value": value, "sd": sd}, cavity)))
    low, high = (
        outcomes(parse_design(changed(BOTTLE, key, value + step * sd, cavity)))
        for step in (-0.5, 0.5)
    )
    effects = 0
    for name in low:
        carried, moved = mode.extra.get(name), abs(high[name] - low[name])
        print(f"{key}: {name}: carried {carried}, between two solves {moved:.5g}")
        assert carried is not None
        assert carried == pytest.approx(moved, rel=0.03, abs=FLOORS.get(name, 1e-6)), name
        effects += carried > 0
    assert effects, "a number without any effect must be told"


LASER: Raw = {
    **BOTTLE,
    "cavity": {**BOTTLE["cavity"], "body": "PMMA"},
    "modes": {"wavelength_nm": 537.6, "span_nm": 6.0},
    "gain": {"medium": "CsPbBr3-PMMA"},
    "lasing": {"quality": {"per_um": 24.0}, "families": "asked"},
}
CROSS_SECTION: Raw = {"calibration": "cross_section", "fluence_mj_cm2": [1.0, 9.0]}  # lases at 6
OTHERS = [
    # more, and another mode has the least threshold: a kink
    ("gain.emission_energy_ev", 2.310, 0.0005, {}),
    ("gain.emission_fwhm_mev", 81.5, 1.0, {}),
    ("gain.peak_gain_per_cm", 1100.0, 30.0, {}),
    ("gain.temperature_k", 295.0, 10.0, {}),
    ("gain.inhomogeneous_sd_mev", 20.0, 1.0, {}),
    ("gain.cooling_ps", 1.4, 0.1, {}),
    ("gain.auger_ps", 7.0, 0.3, {}),
    ("gain.nonradiative_ps", 17.5, 1.0, {}),
    ("gain.laser_collection", 0.02, 0.002, {}),
    ("gain.calibration_excitons", 1.5, 0.02, {}),
    ("gain.calibration_fluence_mj_cm2", 2.2, 0.03, {}),
    ("gain.sigma_3_cm6_s2", 5.1e-75, 2e-76, CROSS_SECTION),
    ("pump.wavelength_nm", 1500.0, 5.0, CROSS_SECTION),
    ("pump.pulse_fs", 100.0, 3.0, CROSS_SECTION),
    ("pump.energy_jitter", 0.05, 0.01, {}),
    ("pump.reference_fluence_mj_cm2", 2.2, 0.03, {"calibration": "reference", "reference_excitons": 1.5}),
    ("lasing.quality.per_um", 24.0, 1.0, {}),
]  # fmt: skip


@pytest.fixture(scope="module")
def comb() -> ModeSet:
    """The modes, which no number outside the cavity moves."""
    design = parse_design(LASER)
    return solve(design.cavity, design.modes)


QUICK = (
    "gain.peak_gain_per_cm",
    "gain.auger_ps",
    "gain.calibration_fluence_mj_cm2",
    "pump.pulse_fs",
    "lasing.quality.per_um",
)


@pytest.mark.parametrize(
    ("key", "value", "sd", "pump"),
    [
        pytest.param(*case, id=case[0], marks=[] if case[0] in QUICK else [pytest.mark.slow])
        for case in OTHERS
    ],
)
def test_number_outside_the_cavity_has_the_effect_of_two_predictions(
    comb: ModeSet, key: str, value: float, sd: float, pump: Raw
) -> None:
    """Half a standard deviation to either side: 10 %, and what the integration's tolerance of 1e-4
    leaves in a break.
    """
    raw = {**LASER, "pump": pump}
    design = parse_design(changed(raw, key, {"value": value, "sd": sd}))
    spread = predict_lasing(comb, design).spread
    assert spread is not None
    sides = []
    for step in (-0.5, 0.5):
        side = parse_design(changed(raw, key, value + step * sd))
        request = replace(side.lasing, comb_phases=0, exact_thresholds=0)
        sides.append(predict(comb, side.medium, side.pump, request, cavity=side.cavity).thresholds)
    effects = 0
    for name, whole in spread.threshold_sd_mj_cm2.items():
        slope = spread.parts[key][name]
        carried = None if slope is None else abs(slope)
        low, high = (getattr(side, name) for side in sides)
        if low is None and high is None and carried is None:
            continue
        print(f"{key}: {name}: carried {carried}, between two predictions {abs(high - low):.5g}")
        assert carried == pytest.approx(abs(high - low), rel=0.1, abs=2e-3), name
        assert whole is not None and carried is not None and whole >= carried, (
            "the curvature adds to it"
        )
        effects += bool(carried)
    assert effects


@pytest.mark.parametrize(
    "key", ["gain.sigma_1_cm2", "gain.two_photon_excitons", "pump.repetition_rate_hz"]
)
def test_number_that_is_not_used_is_told(comb: ModeSet, key: str) -> None:
    values = {
        "gain.sigma_1_cm2": 6e-14,
        "gain.two_photon_excitons": 3.48,
        "pump.repetition_rate_hz": 1e3,
    }
    design = parse_design(changed(LASER, key, {"value": values[key], "sd": 0.1 * values[key]}))
    warnings = predict_lasing(comb, design).warnings
    assert f"spread of {key}: changes neither thresholds nor regime here" in warnings


def test_number_of_the_cavity_that_changes_nothing_is_told() -> None:
    raw = changed(
        BOTTLE, "cavity.correlation_nm", {"value": 100.0, "sd": 5.0}, {"roughness_nm": 0.0}
    )
    assert (
        "spread of cavity.correlation_nm: changes nothing of these modes"
        in find_modes(parse_design(raw)).warnings
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("modes.wavelength_nm", 537.6),
        ("modes.relative_accuracy", 1e-6),
        ("pump.fluence_mj_cm2.0", 1.0),
        ("lasing.regime_factor", 1.1),
        ("lasing.single_mode_db", 10.0),
        ("lasing.relative_tolerance", 1e-4),
    ],
)
def test_spread_of_a_setting_is_refused(key: str, value: float) -> None:
    raw = changed(
        {**LASER, "pump": {"fluence_mj_cm2": [1.0, 6.0]}}, key, {"value": value, "sd": 0.01 * value}
    )
    with pytest.raises(
        InputError, match="only what is measured or made carries a spread"
    ) as refused:
        parse_design(raw)
    assert len(refused.value.problems) == 1 and key in str(refused.value)


def test_spread_whose_two_sides_are_refused_is_refused() -> None:
    """A shell of 0.999 um +- 1 um between a fibre of 13 um and a body of 15 um: both sides are
    impossible.
    """
    shell = {**SHELL, "thickness_um": {"value": 0.999, "sd": 100.0}}
    raw = changed(BOTTLE, "cavity.coatings", [shell])
    with pytest.raises(InputError, match=r"neither -?[0-9.]+ nor [0-9.]+ is allowed"):
        find_modes(parse_design(raw))


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of pulses in each batch that is integrated."""
    batches: list[int] = []
    integrate = pulse_solver.integrate

    def counting(model: Any, occupation: Any, *rest: Any, **words: Any) -> Any:
        batches.append(occupation.shape[-1])
        return integrate(model, occupation, *rest, **words)

    monkeypatch.setattr(pulse_solver, "integrate", counting)
    return batches


@pytest.mark.parametrize(
    ("key", "value", "sd", "pulses"),
    [
        ("cavity.roughness_nm", 4.0, 0.5, 0),  # Q is given
        ("gain.sigma_1_cm2", 6e-14, 1e-14, 0),  # three photons
        ("pump.repetition_rate_hz", 1000.0, 100.0, 0),
        (
            "gain.calibration_fluence_mj_cm2",
            2.2,
            0.03,
            6,
        ),  # the same pulses but for the ends, and the regimes'
        ("gain.laser_collection", 0.02, 0.002, 6),
        ("pump.energy_jitter", 0.05, 0.01, 40),  # pulses farther out
    ],
)
def test_spreads_solve_no_pulse_twice(
    comb: ModeSet, monkeypatch: pytest.MonkeyPatch, key: str, value: float, sd: float, pulses: int
) -> None:
    """Rate equations that a spread leaves alone are not integrated again; the answer is that of
    predictions without memory.
    """
    raw = {
        **LASER,
        "pump": {"fluence_mj_cm2": [1.2, 6.0]},
        "lasing": {**LASER["lasing"], "comb_phases": 0},
    }
    design = parse_design(changed(raw, key, {"value": value, "sd": sd}))
    plain = parse_design(changed(raw, key, value))
    batches = _counted(monkeypatch)
    predict_lasing(comb, plain)
    without = sum(batches)
    batches.clear()
    spread = predict_lasing(comb, design).spread
    print(f"{key}: {sum(batches)} pulses, {without} without spreads")
    assert spread is not None
    assert 0 <= sum(batches) - without <= pulses
    pair = beside(design, key, 3.0**0.5 * sd)
    low, high = (
        predict_lasing(comb, replace(side, spreads={})).thresholds
        for side in (pair.lower, pair.upper)
    )
    for name, effect in spread.parts[key].items():
        if name != "side_mode_suppression_db":
            expected = (getattr(high, name) - getattr(low, name)) / (2.0 * 3.0**0.5)
            assert effect == pytest.approx(expected, abs=1e-7), name


def test_a_threshold_near_the_end_of_the_range_has_its_spread(comb: ModeSet) -> None:
    """On one side of the number it lies beyond the range: the same standard deviation as with a
    wider one.
    """
    raw = changed(LASER, "lasing.quality.per_um", {"value": 24.0, "sd": 1.0})
    sds = []
    for end in (3.02, 6.0):
        prediction = predict_lasing(
            comb, parse_design({**raw, "pump": {"fluence_mj_cm2": [1.2, end]}})
        )
        assert prediction.spread is not None and prediction.thresholds.lasing is not None
        sds.append(prediction.spread.threshold_sd_mj_cm2["lasing"])
    assert (
        prediction.thresholds.lasing
        < 3.02
        < prediction.thresholds.lasing + 3.0**0.5 * (sds[0] or 0.0)
    )
    assert sds[0] == pytest.approx(sds[1], rel=1e-4)
