"""Stated numerical errors cover what more pulses, finer delays and tighter steps change."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cavitydesign.gain import DotMedium, GainMedium, Pump, find_medium
from cavitydesign.lasing import LasingMode, LasingRequest, predict_lasing
from cavitydesign.lasing.outcomes import output_threshold as output
from cavitydesign.lasing.outcomes.regime import CombPhases
from cavitydesign.lasing.pulses import computed_curve as curve
from cavitydesign.lasing.pulses.numerical_error import probability_with_error, suppression_error_db
from cavitydesign.lasing.pulses.rate_model import rate_model
from cavitydesign.lasing.steady import threshold as static
from cavitydesign.lasing.steady.threshold import DarkGain

DOTS, DYE = DotMedium(), find_medium("rhodamine-6G-PMMA")


@pytest.mark.parametrize(
    ("medium", "diameter", "quality", "pump"),
    [
        (DOTS, 11.0, 264.0, Pump(fluence_mj_cm2=(1.0, 6.0))),
        (DYE, 15.0, 1e4, Pump(photons=1, wavelength_nm=532.0, fluence_mj_cm2=(1e-3, 0.5))),
    ],
)
def test_threshold_error_covers_twice_as_many_pulses(
    monkeypatch, make_comb, medium: GainMedium, diameter: float, quality: float, pump: Pump
) -> None:
    """Against pulses half as far apart by steps of a tenth of the tolerance: within the
    stated error, and not a hundred times below it.
    """
    comb = make_comb(
        diameter, centre_nm=medium.emission_wavelength_nm + 4.0, span_nm=12.0, quality=quality
    )
    coarse = predict_lasing(comb, medium, pump, LasingRequest(comb_phases=0, fluences=12), diameter)
    monkeypatch.setattr(curve, "_SPACING", 0.5 * curve._SPACING)
    monkeypatch.setattr(output, "_PARTS", 2 * output._PARTS)
    request = LasingRequest(comb_phases=0, fluences=12, relative_tolerance=1e-5)
    fine = predict_lasing(comb, medium, pump, request, diameter)
    told, error = coarse.thresholds.lasing, coarse.thresholds.lasing_error
    assert told is not None and error is not None and fine.thresholds.lasing is not None
    off = abs(told - fine.thresholds.lasing)
    print(f"{medium.name}: {told:.5f} +- {error:.5f}, off by {off:.5f}")
    assert off < error < 0.005 * told
    assert error < 100.0 * max(off, 1e-4 * told)
    suppression = coarse.side_mode_suppression_error_db
    assert suppression is not None
    seen = [one.regime.side_mode_suppression_db for one in (coarse, fine)]
    # the place of the regime moves with the threshold: both errors count
    assert abs(seen[0] - seen[1]) < suppression + 0.05


@pytest.mark.parametrize("medium", [DOTS, DYE])
def test_error_of_gain_equals_loss_covers_finer_delays(monkeypatch, medium: GainMedium) -> None:
    """4000 delays instead of 40, Q = 300 to 1e6."""
    for quality in (300.0, 1e4, 1e6):
        modes = [
            LasingMode(f"TM {m} 1 0", medium.emission_wavelength_nm + x, 0.99, 1.525, quality, m=m)
            for m, x in enumerate((-8.0, 0.0, 8.0, 25.0), start=100)
        ]
        model = rate_model(modes, medium, 1e8, medium.ladder_top(8.0))
        dark = DarkGain(model, medium)
        told = dark.threshold_excitons_each()
        errors = dark.relative_error_each(told)
        with monkeypatch.context() as fine:
            fine.setattr(static, "_DELAYS", 4000)
            right = DarkGain(model, medium).threshold_excitons_each()
        for value, error, exact in zip(told, errors, right, strict=True):
            assert (value is None) is (exact is None)
            if value is not None and error is not None:
                assert abs(value / exact - 1.0) < error < 0.1


def test_errors_of_suppression_and_probability() -> None:
    """A suppression of 20 dB from outputs that err by 1e-3 is known to 0.01 dB; half of a period
    of a triangle is single, which 12 places tell within the error given for it.
    """
    exact = np.array([1.0, 1e-2])
    error = suppression_error_db(exact, exact, 1e-3)
    assert 0.004 < error < 0.02
    assert suppression_error_db(exact[:1], exact[:1], 1e-3) is None
    phase = np.arange(12) / 12 - 0.5
    # 10 dB at a quarter period on either side, curved between
    seen = 10.0 + 8.0 * np.sin(2.0 * math.pi * (phase + 0.03)) ** 3
    chance, wide = probability_with_error(CombPhases(phase, seen, 1.0), 10.0, math.inf, 0.1)
    assert abs(chance - 0.5) < wide < 0.1


@pytest.mark.parametrize("place", np.arange(0.0, 1.0 / 12.0, 0.01))
def test_a_peak_between_two_places_of_the_comb_counts(place: float) -> None:
    """A suppression of two straight lines that meet at 10.8 dB, 11 and 21 dB a spacing steep, is
    above 10 dB over 0.8 / 11 + 0.8 / 21 of the spacing, wherever the comb lies: 1e-3, the steps of
    the average. Straight lines between the places told 0 to 0.09.
    """
    phase = np.arange(12) / 12 - 0.5
    away = (phase - place + 0.5) % 1.0 - 0.5
    seen = 10.8 - np.where(away < 0, -11.0, 21.0) * away
    chance, _ = probability_with_error(CombPhases(phase, seen, 1.0), 10.0, math.inf, 0.0)
    assert chance == pytest.approx(0.8 / 11.0 + 0.8 / 21.0, abs=2e-3)
