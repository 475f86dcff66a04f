"""Thresholds are the cavity's: no range of fluences that shows them moves them, and none that does
not invents them.
"""

from __future__ import annotations

import pytest

import cavitydesign.lasing.pulses.computed_curve as computed
from cavitydesign.gain import DotMedium, Pump, find_medium
from cavitydesign.lasing import LasingRequest, predict_lasing

DOTS = DotMedium()
DYE = find_medium("rhodamine-6G-PMMA")
PUMPS = {
    3: {"wavelength_nm": 1500.0},
    2: {"photons": 2, "wavelength_nm": 970.0},
    1: {"photons": 1, "wavelength_nm": 400.0},
}
GREEN = {"photons": 1, "wavelength_nm": 532.0}
THREE = ((1.2, 5.5), (1.2, 5.2), (5.0, 30.0))
LIGHT, LASER = True, False  # whether the collected light curve shows breaks

CASES = {
    "10.6 um": (DOTS, 10.6, {}, PUMPS[3], THREE, LASER),
    "15 um": (DOTS, 15.0, {"span_nm": 12.0, "comb_index": 1.47}, PUMPS[3], THREE, LIGHT),
    "15 um, Q = 1e4": (DOTS, 15.0, {"span_nm": 6.0, "quality": 1e4}, PUMPS[3], THREE, LIGHT),
    "15 um, two photons": (DOTS, 15.0, {"span_nm": 6.0}, PUMPS[2], ((0.2, 1.2), (0.5, 9.0)), LIGHT),
    "33 um, one photon": (DOTS, 33.0, {"span_nm": 6.0}, PUMPS[1], ((0.01, 0.1), (1.0, 6.0)), LIGHT),
    "dye": (DYE, 33.0, {"centre_nm": 570.0, "quality": 2000.0}, GREEN, ((0.05, 0.5), (0.02, 2.0)), LASER),
}  # fmt: skip


def _predicted(make_comb, case: str, range_: tuple[float, float], **asked: float):  # type: ignore[no-untyped-def]
    medium, diameter, comb, pump, _, _ = CASES[case]
    request = LasingRequest(comb_phases=0, fluences=12, **asked)
    return predict_lasing(
        make_comb(diameter, **comb), medium, Pump(fluence_mj_cm2=range_, **pump), request, diameter
    )


@pytest.mark.parametrize("case", CASES)
def test_no_range_that_shows_a_threshold_moves_it(make_comb, case: str) -> None:
    """The same pulses are fitted whatever is asked: equal to the rounding of the fluences (1e-8
    through the refined breaks).
    """
    ranges, rule = CASES[case][4:]
    found = [_predicted(make_comb, case, range_).thresholds for range_ in ranges]
    assert found[0].lasing is not None
    for one, range_ in zip(found, ranges, strict=True):
        print(f"{case}, {range_}: {one}")
        assert (one.ase is not None) is rule
        assert one.lasing == pytest.approx(found[0].lasing, rel=1e-6)
        assert one.ase == (None if rule == LASER else pytest.approx(found[0].ase, rel=1e-6))
        assert one.gain_equals_loss == found[0].gain_equals_loss


@pytest.mark.parametrize("case", CASES)
def test_pulses_four_times_as_close_move_no_threshold(
    make_comb, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0.2 %: further pulses are solved where the output is half as efficient as at best."""
    ranges = CASES[case][4]
    asked = _predicted(make_comb, case, ranges[0]).thresholds
    monkeypatch.setattr(computed, "_SPACING", computed._SPACING / 4.0)
    close = _predicted(make_comb, case, ranges[0], relative_tolerance=1e-5).thresholds
    within = 2e-3
    print(f"{case}: {asked} {close}")
    assert asked.lasing == pytest.approx(close.lasing, rel=within)
    assert asked.ase == (None if close.ase is None else pytest.approx(close.ase, rel=within))


@pytest.mark.parametrize("case", ["15 um", "dye"])
def test_a_range_that_ends_before_a_threshold_does_not_show_it(make_comb, case: str) -> None:
    ranges = CASES[case][4]
    whole = _predicted(make_comb, case, ranges[0]).thresholds
    breaks = [
        value for value in (whole.gain_equals_loss, whole.ase, whole.lasing) if value is not None
    ]
    for place, value in enumerate(breaks):
        end = 0.99 * value
        shown = _predicted(make_comb, case, (0.3 * end, end)).thresholds
        assert shown.gain_equals_loss == whole.gain_equals_loss
        assert shown.lasing is None
        assert (shown.ase is None) is (whole.ase is None or place < 2)


def test_no_gain_at_any_fluence_shows_no_laser(make_comb) -> None:
    """Q = 60 at 15 um: no gain reaches the loss, and no bend of the light curve is a threshold."""
    pump = Pump(fluence_mj_cm2=(1.0, 30.0))
    found = predict_lasing(
        make_comb(15.0, quality=60.0), DOTS, pump, LasingRequest(comb_phases=0, fluences=12), 15.0
    )
    assert (
        found.thresholds.gain_equals_loss,
        found.thresholds.ase,
        found.thresholds.lasing,
        found.fit,
    ) == (None,) * 4
