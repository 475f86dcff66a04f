"""Constants that a spectrum or a decay tells directly come back from made-up ones."""

from __future__ import annotations

import numpy as np
import pytest

from cavitydesign.errors import InputError
from cavitydesign.gain.measured.decay import fit_decay
from cavitydesign.gain.measured.emission_line import fit_emission_line
from cavitydesign.units import HC_EV_NM

PLACE = np.linspace(500.0, 590.0, 300)


def line(centre_ev, fwhm_mev, noise=0.0, seed=0):
    """Counts for each nm of a Gaussian in energy."""
    sd = 1e-3 * fwhm_mev / 2.3548
    shape = np.exp(-0.5 * ((HC_EV_NM / PLACE - centre_ev) / sd) ** 2)
    counts = shape / PLACE**2
    return counts / counts.max() + noise * np.random.default_rng(seed).standard_normal(len(PLACE))


def test_a_gaussian_line_comes_back_exactly():
    found = fit_emission_line(PLACE, line(2.31, 81.5))
    assert found.emission_energy_ev == pytest.approx(2.31, abs=1e-7)
    assert found.emission_fwhm_mev == pytest.approx(81.5, rel=1e-5)
    assert found.is_gaussian


def test_errors_of_a_noisy_line_cover_the_truth():
    held = 0
    for seed in range(60):
        found = fit_emission_line(PLACE, 3.0 * line(2.31, 81.5, 0.03, seed) + 0.2)
        held += abs(found.emission_energy_ev - 2.31) < found.emission_energy_error_ev
    # 68 % of 60 within three standard deviations of a binomial number
    assert held / 60 == pytest.approx(0.68, abs=0.18)


def test_a_line_of_another_shape_is_not_called_gaussian():
    lorentzian = 1.0 / (1.0 + ((HC_EV_NM / PLACE - 2.31) / 0.025) ** 2)
    assert not fit_emission_line(PLACE, lorentzian).is_gaussian


@pytest.mark.parametrize("light", [np.linspace(0, 1, 300), np.full(300, np.nan)])
def test_a_spectrum_without_a_line_is_refused(light):
    with pytest.raises(InputError, match="emission line"):
        fit_emission_line(PLACE, light)


TIME = np.linspace(-10.0, 120.0, 160)


def decay(lives, shares, noise, seed=0):
    after = np.where(TIME >= 0, TIME, np.inf)
    signal = sum(a * np.exp(-after / t) for a, t in zip(shares, lives, strict=True))
    return 40.0 * signal + noise * 40.0 * np.random.default_rng(seed).standard_normal(len(TIME))


def test_one_life_time_comes_back_with_its_error():
    held = 0
    for seed in range(16):
        found = fit_decay(TIME, decay([17.5], [1.0], 0.01, seed))
        if len(found.lifetimes_ps) == 1:
            held += abs(found.lifetimes_ps[0] - 17.5) < 2.0 * found.errors_ps[0]
    # 95 % within two errors, and a second life time in at most a few: 13 of 16 at least
    assert held >= 13


def test_two_life_times_are_told_apart():
    found = fit_decay(TIME, decay([7.0, 50.0], [0.6, 0.4], 0.003))
    assert found.lifetimes_ps == pytest.approx((7.0, 50.0), rel=0.1)
    assert found.shares == pytest.approx((0.6, 0.4), abs=0.06)


@pytest.mark.parametrize(
    ("signal", "words"),
    [
        (np.ones(160), "does not fall"),
        (np.linspace(0, 1, 160), "points from the greatest value on"),
        (np.full(160, np.inf), "finite"),
    ],
)
def test_what_is_no_decay_is_refused(signal, words):
    with pytest.raises(InputError, match=words):
        fit_decay(TIME, signal)
