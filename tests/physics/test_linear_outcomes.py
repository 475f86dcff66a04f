"""Outcomes to first order, at a fixed wavelength, against full solves on either side."""

import copy

import numpy as np
import pytest

from cavitydesign.design.linear import linearised
from cavitydesign.design.outcome import comb_place
from cavitydesign.survey import evaluate_point

WAVELENGTH_NM = 537.6
DESIGN = {
    "cavity": {
        "profile": "parabola",
        "diameter_um": 15.0,
        "axial_radius_um": 60.0,
        "body": {"name": "PMMA", "index_offset": 0.0},
        "roughness_nm": 2.0,
    },
    "modes": {"wavelength_nm": WAVELENGTH_NM, "span_nm": 14.0, "relative_accuracy": 1e-9},
}


def moved(key, step):
    design = copy.deepcopy(DESIGN)
    table = design["cavity"]
    *inner, last = key.split(".")[1:]
    for name in inner:
        table = table[name]
    table[last] += step
    return design


def at_the_wavelength(design):
    """Place of the comb, and outcomes interpolated along it to the wavelength, from a full solve."""
    result = evaluate_point(design, "modes")
    modes = sorted(result["modes"], key=lambda mode: mode["m"])
    place = comb_place(result, "modes", WAVELENGTH_NM)
    orders = [mode["m"] for mode in modes]
    fit = lambda values: np.polyval(np.polyfit(np.array(orders) - place, values, 2), 0.0)  # noqa: E731
    return place, fit([mode["fsr_nm"] for mode in modes]), fit([mode["log10_q"]["scattering"] for mode in modes])


@pytest.mark.parametrize(("key", "step"), [("cavity.diameter_um", 0.03), ("cavity.body.index_offset", 0.002)])
def test_slopes_at_a_fixed_wavelength_against_full_solves(key, step):
    """Within 3 %: slopes are those of the nearest mode, up to half an order away (1 %), and for the spacing two terms of
    opposite sign, the one twice the other, triple that. Solved to 1e-9: the scattering Q reads the field at the rim, whose
    error is about the square root of the wavelength's."""
    half = 1e-4 * step
    linear = linearised(DESIGN, [(key, moved(key, -half), moved(key, half), 2 * half)], WAVELENGTH_NM)
    low, high = at_the_wavelength(moved(key, -step)), at_the_wavelength(moved(key, step))
    expected = [(b - a) / (2 * step) for a, b in zip(low, high, strict=True)]
    found = [linear.place_slopes[0], linear.slopes["fsr_nm"][0], linear.slopes["log10_q.scattering"][0]]
    assert found[0] == pytest.approx(expected[0], rel=0.01)
    assert found[1] == pytest.approx(expected[1], rel=0.03)
    assert found[2] == pytest.approx(expected[2], rel=0.03, abs=1e-3)


def test_the_spacing_falls_as_the_inverse_diameter():
    """d ln(FSR) / d ln(D) at a fixed wavelength is -1 but for a correction of order m^(-2/3) = 0.04."""
    half = 1e-3
    sides = ("cavity.diameter_um", moved("cavity.diameter_um", -half), moved("cavity.diameter_um", half), 2 * half)
    linear = linearised(DESIGN, [sides], WAVELENGTH_NM)
    assert 15.0 * linear.slopes["fsr_nm"][0] / linear.values["fsr_nm"] == pytest.approx(-1.0, abs=0.04)
    assert linear.at("fsr_nm", np.array([[0.1]]))[0] == linear.values["fsr_nm"] + 0.1 * linear.slopes["fsr_nm"][0]
