"""Counting modes, side-mode suppression, probability over the comb phase."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cavitydesign.gain import DotMedium, Pump
from cavitydesign.lasing import LasingMode, LasingPrediction, LasingRequest, predict_lasing
from cavitydesign.lasing.outcomes.regime import (
    decided,
    modes_lasing,
    probability_over_phase,
    side_mode_suppression_db,
    side_mode_suppression_rate_db,
    single_mode_range,
    told_at,
)
from cavitydesign.lasing.pumped.starting_noise import (
    accumulated_suppression_db,
    rate_suppression_db,
    side_share,
    single_shots_alone,
)


def test_share_of_an_accumulated_spectrum_against_sampled_pulses() -> None:
    """Two negative-exponential intensities share the light of each pulse: 4e5 pulses, three
    standard errors.
    """
    chance = np.random.default_rng(1)
    first, second = chance.exponential(size=(2, 400_000))
    for ratio in (0.9999, 0.3, 0.04, 1e-3):
        shares = ratio * second / (first + ratio * second)
        error = 3.0 * shares.std() / math.sqrt(len(shares))
        assert float(side_share(ratio)) == pytest.approx(shares.mean(), abs=error)


def test_what_ten_decibels_seen_ask_of_the_rates() -> None:
    """The formula's own 14.47 dB; a travelling-wave Langevin model gave 13.3, 16.7 and 20.0 dB for
    17.5, 22.2 and 26.2 dB (1.2 dB: amplification goes on while modes share, which the formula
    leaves out).
    """
    assert rate_suppression_db(10.0) == pytest.approx(14.47, abs=0.01)
    seen = accumulated_suppression_db(np.array([17.5, 22.2, 26.2]))
    assert seen == pytest.approx([13.3, 16.7, 20.0], abs=1.2)
    assert seen == pytest.approx([12.3, 15.9, 19.1], abs=0.05)
    assert accumulated_suppression_db(np.array([0.0, np.inf])).tolist() == [0.0, np.inf]
    near = accumulated_suppression_db(np.linspace(0.0, 0.02, 201))
    assert np.all(np.diff(near) > 0) and np.ptp(np.diff(near)) < 1e-6


def test_single_shots() -> None:
    """With one side mode of ratio r and a limit f: f / (f + r), from two exponentials."""
    for rate_db in (5.0, 17.5, 40.0):
        ratio = 10 ** (-rate_db / 10)
        alone = single_shots_alone(np.array([ratio, 1.0]), 10.0)
        assert alone == pytest.approx(0.1 / (0.1 + ratio), abs=1e-8)


def test_suppression_and_count() -> None:
    light = np.array([[1.0, 1.0], [0.05, 0.5], [0.2, 0.5]])
    assert side_mode_suppression_rate_db(light) == pytest.approx(
        [10 * math.log10(5), 10 * math.log10(2)]
    )
    assert modes_lasing(light, 10.0).tolist() == [3, 3]
    assert modes_lasing(light, 3.0).tolist() == [1, 3]
    assert math.isinf(side_mode_suppression_rate_db(light[:1])[0])
    assert side_mode_suppression_db(light)[1] < side_mode_suppression_rate_db(light)[1]


def test_regime_words() -> None:
    light = np.array([1.0, 0.01])
    assert decided(light, 4.0, 3.0, 10.0).name == "single"
    assert decided(np.array([1.0, 0.5]), 4.0, 3.0, 10.0).name == "multi"
    assert decided(light, 2.0, 3.0, 10.0).name == "below threshold"
    assert decided(light, 2.0, None, 10.0).modes_lasing == 0
    assert decided(light[:1], 4.0, 3.0, 10.0).side_mode_suppression_db is None


def test_probability_over_an_unknown_place_is_the_share_of_places() -> None:
    """A triangle wave from 0 to 20 dB is above 10 dB over half its period; 1000 places resolve
    1e-3.
    """
    phase = np.arange(8) / 8
    suppression = 20 * (1 - 2 * np.abs(phase - 0.5))
    assert probability_over_phase(phase, suppression, 10.0, 0.0, math.inf) == pytest.approx(
        0.5, abs=2e-3
    )
    assert probability_over_phase(phase, suppression + 20, 10.0, 0.0, math.inf) == 1.0


def test_probability_with_a_spread_goes_from_certain_to_uniform() -> None:
    phase = np.arange(16) / 16
    suppression = 20 * (1 - 2 * np.abs(phase - 0.5))
    at_peak = [
        probability_over_phase(phase, suppression, 10.0, 0.5, spread)
        for spread in (0.0, 0.01, 0.25, 5.0)
    ]
    assert at_peak[:2] == [1.0, 1.0]
    # within 0.25 of the centre: erf(1/sqrt 2), and what wraps around
    assert at_peak[2] == pytest.approx(0.683, abs=0.01)
    assert at_peak[3] == pytest.approx(0.5, abs=2e-3)
    assert probability_over_phase(phase, suppression, 10.0, 0.0, 0.0) == 0.0


def test_single_mode_range_interpolates_the_crossing() -> None:
    fluence = np.array([1.0, 2.0, 3.0, 4.0])
    rates = [rate_suppression_db(seen) for seen in (5.0, 20.0, 12.0, 8.0)]
    side = 10 ** (-np.array(rates) / 10)
    light = np.stack([np.ones(4), side])
    assert single_mode_range(fluence, light, 1.5, 10.0) == pytest.approx((1.5, 3.5))
    assert single_mode_range(fluence, light, 3.9, 10.0) is None
    assert single_mode_range(fluence, light, None, 10.0) is None
    assert single_mode_range(fluence[:3], light[:, :3], 1.5, 10.0) == pytest.approx((1.5, 3.0))


@pytest.mark.parametrize("diameter", [12.0, 15.0])
def test_probability_is_the_share_of_whole_predictions(diameter: float) -> None:
    """24 places of the comb, each predicted for itself and at 1.1 times its own threshold, against
    the twelve places of one prediction, all at one fluence: 0.06, one place and a half.
    """
    path_nm = math.pi * diameter * 1e3 * 1.47
    orders = range(math.ceil(path_nm / 552.0), math.floor(path_nm / 523.0) + 1)
    spacing = 537.5**2 / path_nm

    def predicted(shift_nm: float, phases: int) -> LasingPrediction:
        comb = [
            LasingMode(
                f"TM {m} 1 0",
                path_nm / m + shift_nm,
                0.99,
                1.525,
                24.0 * diameter,
                35.0 * (diameter / 15.0) ** 2,
                m=m,
                fsr_nm=path_nm / m**2,
            )
            for m in orders
        ]
        pump = Pump(fluence_mj_cm2=(1.2, 7.0))
        request = LasingRequest(comb_phases=phases, fluences=12)
        return predict_lasing(comb, DotMedium(), pump, request, diameter)

    single = [
        predicted(spacing * place, 0).regime.name == "single" for place in np.arange(24) / 24.0
    ]
    chance = predicted(0.0, 12).single_mode_probability
    print(diameter, np.mean(single), chance)
    assert chance == pytest.approx(np.mean(single), abs=0.06)
    assert 0.1 < chance < 0.95


@pytest.mark.parametrize("diameter", [11.0, 15.0])
def test_twelve_places_of_the_comb_serve(make_comb, diameter: float) -> None:
    """Places between which a peak of the suppression is cut by 0.1 to 1.2 dB: the probability of
    sixteen times as many differs by less than 0.01, and by no more than the errors told.
    """
    chances = [
        predict_lasing(
            make_comb(diameter),
            DotMedium(),
            Pump(),
            LasingRequest(comb_phases=places, fluences=12),
            diameter,
        )
        for places in (12, 192)
    ]
    few, many = (one.single_mode_probability for one in chances)
    errors = sum(one.single_mode_probability_error for one in chances)
    print(diameter, few, many, errors)
    assert 0.1 < few < 0.9
    assert abs(few - many) < min(0.01, errors)


def test_where_the_regime_is_told() -> None:
    """So many times the threshold; without one, as many times the place where it would lie, but no
    more than was asked for: no step where a threshold comes, and none told beyond the range.
    """
    assert told_at(1.1, 3.0, 3.0, 9.0) == pytest.approx(3.3, rel=1e-15)
    assert told_at(1.1, None, 3.0, 9.0) == told_at(1.1, 3.0, 3.0, 9.0)
    assert told_at(2.0, None, 8.0, 9.0) == 9.0
    assert told_at(2.0, None, None, 9.0) == 9.0


def test_no_step_of_the_suppression_where_a_threshold_comes() -> None:
    """Dots of 10.34 um whose greatest efficiency passes through 0.01 with 1.3 thousandths of the
    gain: the suppression changes by 0.3 dB as it does beside there, where that at the highest
    fluence asked (3 mJ/cm2) would be 7.0 dB.
    """
    path = math.pi * 10.34e3 * 1.47
    comb = [
        LasingMode(f"TM {m} 1 0", path / m, 0.99, 1.525, 248.0, 20.0, m=m, fsr_nm=path / m**2)
        for m in range(math.ceil(path / 548.0), math.floor(path / 527.0) + 1)
    ]
    pump = Pump(photons=1, wavelength_nm=400.0, fluence_mj_cm2=(0.004, 3.0))
    request = LasingRequest(comb_phases=0, fluences=12)
    gains = np.array([1080.8, 1082.2, 1083.6, 1085.0, 1086.4])
    found = [
        predict_lasing(comb, DotMedium(peak_gain_per_cm=gain), pump, request, 10.34)
        for gain in gains.tolist()
    ]
    assert [one.thresholds.lasing is None for one in found] == [True] * 3 + [False] * 2
    assert [one.regime.name for one in found] == ["below threshold"] * 3 + ["single"] * 2
    suppression = np.array([one.regime.side_mode_suppression_db for one in found])
    fluence = np.array([one.regime.fluence_mj_cm2 for one in found])
    # a straight line through five places: what bends of it, and what pulses err
    for values, bend in ((suppression, 0.02), (np.log(fluence), 5e-4)):
        line = np.polynomial.Polynomial.fit(gains, values, 1)
        assert values == pytest.approx(line(gains), abs=bend)
    assert np.ptp(suppression) == pytest.approx(0.75, abs=0.1)
