"""The threshold of a laser: closed form of a steady laser, independence of the detector,
continuity.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from cavitydesign.gain import DotMedium, Pump, find_medium
from cavitydesign.lasing import LasingMode, LasingRequest, predict_lasing
from cavitydesign.lasing.outcomes.output_threshold import (
    LEAST_EFFICIENCY,
    least_slope,
    output_threshold,
)

DOTS = DotMedium()
DYE = find_medium("rhodamine-6G-PMMA")
ASKED = LasingRequest(comb_phases=0, fluences=12)


def moving_comb(
    diameter_um: float, index: float = 1.47, quality: float | None = None, span_nm: float = 21.0
) -> tuple[LasingMode, ...]:
    """Modes at pi D n / m, which move under the gain with the diameter; Q = 24 D."""
    path_nm = math.pi * diameter_um * 1e3 * index
    low, high = 537.5 - 0.5 * span_nm, 537.5 + 0.5 * span_nm
    orders = range(math.ceil(path_nm / high), math.floor(path_nm / low) + 1)
    return tuple(
        LasingMode(
            label=f"TM {m} 1 0",
            wavelength_nm=path_nm / m,
            confinement=0.99,
            group_index=1.525,
            q_passive=24.0 * diameter_um if quality is None else quality,
            m=m,
            fsr_nm=path_nm / m**2,
        )
        for m in orders
    )


@pytest.mark.parametrize("beta", [1e-8, 1e-4, 1e-2])
def test_steady_laser_has_the_textbook_threshold(beta: float) -> None:
    """s = ((r - 1) + sqrt((r - 1)^2 + 4 beta r)) / 2 reaches half of ds/dr = 1 at r = 1 - 2 beta.

    Pulses 1 % apart resolve it to 0.5 %; the steepest rise is (1 + 1/sqrt(beta)) / 2 at r = 1,
    which cells of 1 % resolve where it is below 50.
    """
    pump = np.geomspace(0.2, 40.0, 533)
    photons = 0.5 * ((pump - 1.0) + np.sqrt((pump - 1.0) ** 2 + 4.0 * beta * pump))
    found = output_threshold(pump, photons, 1.0, DYE.ladder(1), 40.0)
    assert found.excitons == pytest.approx(1.0 - 2.0 * beta, rel=5e-3)
    if beta >= 1e-4:
        steepest = 0.5 * (1.0 + 1.0 / math.sqrt(beta))
        assert found.steepest_slope == pytest.approx(steepest, rel=0.05)


@pytest.mark.parametrize(("beta", "lases"), [(0.05, True), (0.2, False), (1.0, False)])
def test_a_laser_without_a_step_has_no_threshold(beta: float, lases: bool) -> None:
    """The limit, slope 2 of a dye, is beta = 1/9: (1 + 1/sqrt(beta)) / 2 = 2.74, 1.62 and 1."""
    pump = np.geomspace(0.2, 40.0, 133)
    photons = 0.5 * ((pump - 1.0) + np.sqrt((pump - 1.0) ** 2 + 4.0 * beta * pump))
    found = output_threshold(pump, photons, 1.0, DYE.ladder(1), 40.0)
    assert (found.excitons is not None) is lases
    assert found.steepest_slope == pytest.approx(0.5 * (1.0 + 1.0 / math.sqrt(beta)), rel=0.03)
    assert (least_slope(DYE.ladder(1)), least_slope(DOTS.ladder(8))) == (2.0, 3.0)


@pytest.mark.parametrize("diameter", [15.0, 88.0])
def test_threshold_is_the_intercept_of_the_steepest_light_curve(make_comb, diameter: float) -> None:
    """What experimenters read: the tangent where the output rises most with the excitations meets
    the axis within 3 % in these, 1 % in fluence.
    """
    pump = Pump(fluence_mj_cm2=(1.8, 5.5), spot="flat", energy_jitter=0.0)
    request = LasingRequest(comb_phases=0, fluences=90)
    found = predict_lasing(make_comb(diameter, span_nm=12.0), DOTS, pump, request, diameter)
    threshold = found.thresholds.lasing
    assert threshold is not None
    excitons, light = found.excitons, found.mode_output.sum(axis=0)
    rise = np.diff(light) / np.diff(excitons)
    best = int(rise.argmax())
    intercept = excitons[best] - light[best] / rise[best]
    print(threshold, (intercept / 1.5) ** (1.0 / 3.0) * 2.2)
    assert 1.5 * (threshold / 2.2) ** 3 == pytest.approx(intercept, rel=0.03)


def test_neither_detector_nor_jitter_moves_the_threshold(make_comb) -> None:
    """Collection from 1e-3 to 1, and jitter: the pulses are the same, so is what is read off
    them.
    """
    comb = make_comb(88.0, span_nm=8.0)
    found = []
    for collection, jitter in ((1e-3, 0.0), (0.006, 0.1), (0.007, 0.1), (1.0, 0.1)):
        pump = Pump(fluence_mj_cm2=(1.2, 4.8), energy_jitter=jitter)
        medium = DotMedium(laser_collection=collection)
        found.append(predict_lasing(comb, medium, pump, ASKED, 88.0).thresholds.lasing)
    assert found[0] is not None
    assert found == pytest.approx([found[0]] * 4, rel=1e-9)


@pytest.mark.parametrize("start_um", [10.34, 11.8])
def test_threshold_is_continuous_in_the_diameter(start_um: float) -> None:
    """Against gain = loss, in steps of 0.02 um: below 2 %, the comb's own ripple; either both are
    there or, below the least efficiency, none (the audit found 21.5 %, and null beside 4.8; with a
    limit of the slope alone 10.38 to 10.42 um had steps of 4.5 %).

    Where there is a threshold it lies above gain = loss.
    """
    pump = Pump(fluence_mj_cm2=(1.2, 7.0))
    ratios = []
    for diameter in start_um + 0.02 * np.arange(8):
        comb = moving_comb(float(diameter))
        one = predict_lasing(comb, DOTS, pump, ASKED, float(diameter)).thresholds
        assert one.gain_equals_loss is not None and one.greatest_efficiency is not None
        if one.lasing is None:
            assert start_um < 11.0 and one.greatest_efficiency < LEAST_EFFICIENCY
            ratios.append(math.nan)
            continue
        ratios.append(one.lasing / one.gain_equals_loss)
        assert ratios[-1] > 1.0 and one.greatest_efficiency > LEAST_EFFICIENCY
    steps = np.abs(np.diff(ratios))
    print(start_um, ratios)
    assert np.isfinite(steps).sum() >= 4 and np.nanmax(steps) < 0.02


@pytest.mark.parametrize(
    ("diameter", "quality", "pump"),
    [
        (12.0, None, Pump(photons=1, wavelength_nm=400.0, fluence_mj_cm2=(0.02, 0.12))),
        (12.0, None, Pump(photons=2, wavelength_nm=970.0, fluence_mj_cm2=(0.4, 1.4))),
        (15.0, 1e5, Pump(fluence_mj_cm2=(0.8, 3.5))),
        (88.0, None, Pump(fluence_mj_cm2=(1.2, 3.5))),
    ],
)
def test_threshold_steps_little_whatever_is_asked(diameter: float, quality, pump: Pump) -> None:
    """A small part of `tests/benchmarks/lasing_continuity.py`: a step of 0.02 um changes the ratio to
    gain = loss by less than 3 %, and a quarter of it by less than 1 %.
    """
    ratios = []
    for beside in (0.0, 0.005, 0.02):
        comb = moving_comb(diameter + beside, quality=quality, span_nm=12.0)
        one = predict_lasing(comb, DOTS, pump, ASKED, diameter + beside).thresholds
        assert one.lasing is not None and one.gain_equals_loss is not None
        ratios.append(one.lasing / one.gain_equals_loss)
    steps = np.abs(np.array(ratios) / ratios[0] - 1.0)
    print(diameter, pump.photons, ratios)
    assert steps[2] < 0.03 and steps[1] < 0.01


def test_more_gain_lowers_the_threshold() -> None:
    """At 15 um 860 to 890 per cm raised the oldest threshold from 3.76 to 4.52, and 752 to 774 the
    one that asked for a slope alone from 3.88 to 3.97: there the emitters are full before the light
    takes from them, and there is none.
    """
    pump = Pump(fluence_mj_cm2=(1.2, 7.0))
    faint, *found = [
        predict_lasing(moving_comb(15.0), DotMedium(peak_gain_per_cm=value), pump, ASKED, 15.0)
        for value in (774.0, 796.0, 819.0, 890.0)
    ]
    thresholds = [one.thresholds.lasing for one in found]
    print(thresholds, faint.thresholds)
    assert faint.thresholds.lasing is None
    assert (faint.thresholds.steepest_slope or 0.0) > least_slope(DOTS.ladder(8))
    assert any("full before the light" in words for words in faint.warnings)
    assert None not in thresholds
    assert thresholds == sorted(thresholds, reverse=True)  # type: ignore[type-var]
    assert thresholds == pytest.approx([3.86, 3.73, 3.40], abs=0.01)


def test_threshold_by_quality_at_88_um() -> None:
    """Q = 1.8e4, 2e5, 1e6: the oldest rose from 2.65 to 3.6 while gain = loss fell from 1.51 to
    1.07. Now it hardly falls and then rises by 9 %, since what leaves goes on rising. 1 %, which
    is ten times the error of reading.
    """
    pump = Pump(fluence_mj_cm2=(0.5, 7.0))
    found = [
        predict_lasing(
            moving_comb(88.0, quality=q, span_nm=12.0), DOTS, pump, ASKED, 88.0
        ).thresholds
        for q in (1.8e4, 2e5, 1e6)
    ]
    assert [one.gain_equals_loss for one in found] == pytest.approx([1.511, 1.213, 1.066], rel=1e-3)
    assert [one.lasing for one in found] == pytest.approx([1.99, 1.96, 2.14], rel=0.01)


def test_faint_lasers_keep_their_regime(make_comb) -> None:
    """88 um at 2.84 mJ/cm2, where the laser emits far more than the photoluminescence and the upper
    break had not come: it lases.
    """
    request = LasingRequest(comb_phases=0, fluences=12, at_fluence_mj_cm2=2.84)
    pump = Pump(fluence_mj_cm2=(1.2, 4.8))
    found = predict_lasing(make_comb(88.0, span_nm=12.0), DOTS, pump, request, 88.0)
    assert found.breaks.upper_mj_cm2 is not None and found.breaks.upper_mj_cm2 > 2.84
    assert found.regime.name == "multi" and found.regime.modes_lasing > 5


def test_light_that_stays_has_a_threshold() -> None:
    """Photons of Q = 1e8 go with the dots that absorb them again: 6 of 1000 further excitations
    become light outside, and for want of one of 100 there was no threshold. It is that of Q = 1e7
    within 5 %, and that of 1e9 within 1 %; the light outside falls as 1 / Q.
    """
    pump = Pump(fluence_mj_cm2=(0.5, 7.0))
    found = [
        predict_lasing(moving_comb(88.0, quality=q, span_nm=12.0), DOTS, pump, ASKED, 88.0)
        for q in (1e7, 1e8, 1e9)
    ]
    thresholds = [one.thresholds.lasing for one in found]
    light = [one.thresholds.greatest_efficiency or 0.0 for one in found]
    print(thresholds, light)
    assert None not in thresholds
    assert thresholds[1] == pytest.approx(thresholds[0], rel=0.05)
    assert thresholds[1] == pytest.approx(thresholds[2], rel=0.01)
    assert light[1] < LEAST_EFFICIENCY and light[1] == pytest.approx(10.0 * light[2], rel=0.1)
    # where gain hardly reaches loss there is none at this Q either, and from where there is one on
    # more gain lowers it
    weak = []
    for gain in (60.0, 80.0, 90.0, 120.0):
        medium = DotMedium(peak_gain_per_cm=gain)
        comb = moving_comb(15.0, quality=1e7, span_nm=12.0)
        weak.append(predict_lasing(comb, medium, pump, ASKED, 15.0).thresholds)
    print([one.lasing for one in weak])
    assert weak[0].gain_equals_loss is not None and weak[0].lasing is None
    assert (weak[0].steepest_slope or 0.0) > least_slope(DOTS.ladder(8))
    falling = [one.lasing or math.nan for one in weak[1:]]
    assert falling == sorted(falling, reverse=True)
