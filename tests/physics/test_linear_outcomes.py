"""Modes moved to first order, and what follows from them, against full solves beside the nominal
design.
"""

import copy
import functools

import numpy as np
import pytest

from cavitydesign.errors import SolverError
from cavitydesign.optimisation.models.first_order_model import first_order_result
from cavitydesign.optimisation.models.linear import Side, linearised
from cavitydesign.optimisation.outcome import outcomes
from cavitydesign.workflow.study_point import evaluate_point

WAVELENGTH_NM = 537.6
DIAMETER_UM = 15.0
DESIGN = {
    "cavity": {
        "profile": "parabola",
        "diameter_um": DIAMETER_UM,
        "axial_radius_um": 60.0,
        "body": {"name": "PMMA", "index_offset": 0.0},
        "roughness_nm": 2.0,
    },
    "modes": {"wavelength_nm": WAVELENGTH_NM, "span_nm": 9.0, "relative_accuracy": 1e-9},
    "gain": {"medium": "CsPbBr3-PMMA"},
    "lasing": {"families": "asked"},
}
KEYS = ("cavity.diameter_um", "cavity.body.index_offset", "cavity.roughness_nm")
REACH = (0.5, 0.006, 1.0)
STEPS = (0.05, 6e-4, 0.05)


def moved(offsets, **modes):
    design = copy.deepcopy(DESIGN)
    cavity = design["cavity"]
    cavity["diameter_um"] += offsets[0]
    cavity["body"]["index_offset"] += offsets[1]
    cavity["roughness_nm"] += offsets[2]
    design["modes"].update(modes)
    return design


def sides(reach=REACH, **modes):
    found = []
    for place, (key, half) in enumerate(zip(KEYS, STEPS, strict=True)):
        step = np.eye(3)[place] * half
        nominal = (DIAMETER_UM, 0.0, 2.0)[place]
        found.append(
            Side(key, nominal, reach[place], moved(-step, **modes), moved(step, **modes), 2 * half)
        )
    return found


@functools.cache
def linear():
    return linearised(moved(np.zeros(3)), sides())


OFFSETS = [(0.03, 0.0, 0.0), (0.0, 0.0005, 0.0), (0.25, 0.001, 0.0), (-0.3, -0.003, 0.05)]


@pytest.mark.parametrize("offsets", OFFSETS)
def test_the_modes_in_the_range_are_those_of_a_full_solve(offsets):
    """Labels and all. Beyond first order: d2 lambda / lambda = (dD/D)(dn/n) and what dispersion
    adds, with a factor below 2.
    """
    solved = {mode["label"]: mode for mode in evaluate_point(moved(offsets), "modes")["modes"]}
    _, modes = linear().at(np.array(offsets))
    assert [mode.label for mode in modes] == list(solved)
    relative = abs(offsets[0]) / DIAMETER_UM + abs(offsets[1]) / 1.5
    for mode in modes:
        full = solved[mode.label]
        beyond = 2 * relative**2 * WAVELENGTH_NM + 1e-5
        assert mode.wavelength_nm == pytest.approx(full["wavelength_nm"], abs=beyond)
        assert mode.fsr_nm == pytest.approx(full["fsr_nm"], rel=8 * relative**2 + 1e-6)
        assert mode.n_eff == pytest.approx(full["n_eff"], rel=2 * relative**2 + 1e-7)
        assert mode.group_index == pytest.approx(full["group_index"], rel=8 * relative**2 + 1e-6)
        assert mode.confinement["body"] == pytest.approx(
            full["confinement"]["body"], abs=relative**2 + 1e-5
        )
        for region, shift in mode.sensitivity_nm_per_riu.items():
            whole = full["sensitivity_nm_per_riu"][region]
            assert shift == pytest.approx(whole, rel=20 * relative**2 + 1e-4), region
        # log10 Q = -2 log10(roughness) + ...: second order (0.05 / 2)^2 / ln 10 = 3e-4. The field
        # at the rim is right to the square root of the wavelength's error.
        assert mode.losses.scattering == pytest.approx(
            full["log10_q"]["scattering"], abs=5e-4 + relative**2 * 20
        )
        assert mode.losses.radiation == pytest.approx(
            full["log10_q"]["radiation"], abs=1e-3 + relative**2 * 200
        )


def test_the_spacing_falls_as_the_inverse_diameter():
    """At a fixed wavelength d ln(FSR) / d ln(D) is -1 but for a correction of order m^(-2/3) =
    0.04; the axial radius is fixed here. The slope at fixed m is that plus the change along the
    comb, FSR ~ lambda^2: 2 d ln(lambda) / d ln(D).
    """
    found = linear()
    place = min(
        range(len(found.modes)), key=lambda j: abs(found.modes[j].wavelength_nm - WAVELENGTH_NM)
    )
    mode = found.modes[place]
    of_fsr = DIAMETER_UM * found.slopes["fsr_nm"][place, 0] / mode.fsr_nm
    of_wavelength = DIAMETER_UM * found.slopes["wavelength_nm"][place, 0] / mode.wavelength_nm
    neighbour = found.modes[place - 1]
    along = (neighbour.fsr_nm - mode.fsr_nm) / (neighbour.wavelength_nm - mode.wavelength_nm)
    at_fixed_wavelength = of_fsr - of_wavelength * along * mode.wavelength_nm / mode.fsr_nm
    assert at_fixed_wavelength == pytest.approx(-1.0, abs=0.04)


def test_outcomes_of_many_samples_are_those_of_each():
    offsets = np.random.default_rng(0).uniform(-1, 1, (40, 3)) * np.array(REACH)
    found = linear()
    for name in ("wavelength_nm", "fsr_nm", "n_eff", "q_total", "linewidth_nm", "mode_volume_um3", "confinement.body",
                 "sensitivity_nm_per_riu.surround", "log10_q.radiation", "log10_q.total",
                 "modes_found"):  # fmt: skip
        at_once = found.outcome(name, offsets)
        for row, together in zip(offsets, at_once, strict=True):
            design = moved(row)
            alone = outcomes(first_order_result(design, "modes", found), "modes", WAVELENGTH_NM)[
                name
            ]
            assert together == pytest.approx(alone, rel=1e-9), name


@pytest.mark.parametrize("offsets", [(0.25, 0.001, 0.0), (-0.2, -0.002, 0.02)])
def test_static_thresholds_follow_the_moved_modes(offsets):
    """The moved wavelengths are off by less than 0.2 nm of a gain 20 nm wide: 1e-3 of the
    threshold.
    """
    design = moved(offsets, relative_accuracy=1e-6)
    full = outcomes(evaluate_point(design, "threshold"), "threshold", WAVELENGTH_NM)
    first = outcomes(first_order_result(design, "threshold", linear()), "threshold", WAVELENGTH_NM)
    assert first["gain_equals_loss_mj_cm2"] == pytest.approx(
        full["gain_equals_loss_mj_cm2"], rel=1e-3
    )
    assert first["threshold_gain_per_cm"] == pytest.approx(full["threshold_gain_per_cm"], rel=5e-3)


def test_what_it_does_not_know_is_not_told():
    """What an objective takes, and the dispersion of too few modes, are left to full solves."""
    assert linear().knows("sensitivity_nm_per_riu.body") and linear().knows("q_total")
    assert not linear().knows("collected") and not linear().knows("d2_mhz")
    _, modes = linear().at(np.array(OFFSETS[2]))
    assert modes[0].to_json_dict()["d2_mhz"] is None


def test_numbers_that_leave_the_cavity_alone_move_no_mode():
    design = copy.deepcopy(DESIGN) | {"pump": {"fluence_mj_cm2": [1.0, 6.0]}}
    other = copy.deepcopy(design) | {"pump": {"fluence_mj_cm2": [1.0, 5.0]}}
    found = linearised(design, [Side("pump.jitter", 0.0, 1.0, design, other, 1.0)])
    assert all(np.all(slope == 0.0) for slope in found.slopes.values())
    assert found.outcome("fsr_nm", np.ones((1, 1)))[0] == pytest.approx(4.1, rel=0.05)


def test_a_reach_beyond_the_first_order_is_refused():
    with pytest.raises(SolverError, match="too far for a first order"):
        linearised(moved(np.zeros(3)), sides((6.0, 0.0, 0.0)))
