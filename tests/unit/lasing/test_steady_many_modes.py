"""The steady light of many modes that compete: found in few steps, from the dark or from near."""

from __future__ import annotations

import numpy as np
import pytest

from cavitydesign.gain import CarrierMedium, find_medium
from cavitydesign.lasing.competition.standing_waves import standing
from cavitydesign.lasing.pulses.rate_model import RateModel, rate_model
from cavitydesign.lasing.steady import steady_newton
from cavitydesign.lasing.steady.continuous_wave import steady_photons
from cavitydesign.lasing.steady.steady_balance import SteadyBalance, steady_pump

CRYSTAL = CarrierMedium(
    emission_energy_ev=2.32,
    emission_fwhm_mev=70.0,
    gain_law="linear",
    peak_gain_per_cm=1500.0,
    rest_absorption_per_cm=0.0,
    transparency_per_cm3=1.2e18,
    refractive_index=2.2,
    host_group_index=3.0,
    absorption_per_cm=5e4,
    absorption_nm=400.0,
)
DYE = find_medium("rhodamine-6G-PMMA")


def many(make_comb, medium) -> RateModel:
    """Standing waves of a comb about the line, each with holes of its own."""
    line = 1239.842 / 2.32 if medium is CRYSTAL else 580.0
    modes = make_comb(60.0, centre_nm=line, span_nm=60.0, comb_index=2.0, quality=5e4)
    assert len(modes) > 60
    overlap, _ = standing(None, modes, range(len(modes)))
    return rate_model(modes, medium, 3e8, 1, overlap)


def least_loss(model: RateModel, rate: float) -> float:
    """Of the best mode in the dark."""
    dark = np.full(model.modes, 1e-15)
    return float(SteadyBalance.of(model, steady_pump(model), rate, dark).lost.min())


def gain_equals_loss(model: RateModel) -> float:
    """Pump rate of the first mode, by halvings."""
    low, high = 1e-12, 1.0
    for _ in range(60):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if least_loss(model, middle) > 0 else (low, middle)
    return high


@pytest.mark.parametrize("medium", [CRYSTAL, DYE], ids=["crystal", "dye"])
@pytest.mark.parametrize("over", [0.7, 1.1, 10.0])
def test_from_the_dark_at_once(make_comb, monkeypatch, medium, over: float) -> None:
    """Every mode loses what it gains, to 1e-9, as on a rising series, after at most 60 looks at the
    balance. Newton's method in the photons alone took 1200 looks at each of many rates between, and
    had not ended after 27 s.
    """
    model = many(make_comb, medium)
    rate = over * gain_equals_loss(model)
    looks = []
    real = SteadyBalance.of.__func__

    def counted(cls, *inputs):
        looks.append(1)
        return real(cls, *inputs)

    monkeypatch.setattr(SteadyBalance, "of", classmethod(counted))
    photons = steady_photons(model, [rate])[:, 0]
    assert len(looks) <= 60
    balance = SteadyBalance.of(model, steady_pump(model), rate, photons)
    assert np.abs(balance.residual(photons)).max() < 1e-9
    rising = steady_photons(model, rate * np.geomspace(0.05, 1.0, 40))[:, -1]
    assert photons == pytest.approx(rising, rel=1e-7)


def test_a_central_path_leads_to_where_newton_converges(make_comb) -> None:
    """From any start, 15 orders of magnitude too dark or 5 too bright."""
    model = many(make_comb, CRYSTAL)
    pump, rate = steady_pump(model), 2.0 * gain_equals_loss(model)
    right = np.log(steady_photons(model, [rate])[:, 0])
    for start in (np.full(model.modes, -45.0), np.full(model.modes, 10.0), right[::-1].copy()):
        near = steady_newton.central_path(model, pump, rate, start)
        assert steady_newton.newton(model, pump, rate, near) == pytest.approx(right, abs=1e-7)


def test_slopes_of_the_balance_are_its_differences(make_comb) -> None:
    """Of the imbalance by each logarithm, central differences: 1e-6 of the largest."""
    model = many(make_comb, CRYSTAL)
    pump, rate = steady_pump(model), 2.0 * gain_equals_loss(model)
    rng = np.random.default_rng(4)
    logarithm = np.log(steady_photons(model, [rate])[:, 0]) + rng.normal(0.0, 0.3, model.modes)

    def residual(at):
        balance = SteadyBalance.of(model, pump, rate, np.exp(at))
        # over the sizes where the slope was taken, as the slope has them
        size = here.size + here.seed / np.exp(logarithm)
        return (balance.seed / np.exp(at) - balance.lost) / size

    here = SteadyBalance.of(model, pump, rate, np.exp(logarithm))
    slope = here.residual_slope(np.exp(logarithm))
    for mode in (0, 30, model.modes - 1):
        step = np.zeros(model.modes)
        step[mode] = 1e-5
        difference = (residual(logarithm + step) - residual(logarithm - step)) / 2e-5
        assert slope[:, mode] == pytest.approx(difference, abs=1e-6 * np.abs(slope).max())


def test_bright_state_where_the_dark_one_ends() -> None:
    """One mode of a dye whose weakly pumped classes absorb: from 0.0018 to 0.00185 / ps it has two
    stable states, ln photons -14.2 and about 0.4, and above 0.0019 only the bright one. A rising
    series follows the dark one to its end and goes on bright: each state at rest to 1e-9.
    """
    absorption = np.array([[0.30742668], [0.65501034], [0.62858218], [0.58600311], [0.81203872]])
    model = RateModel(
        np.full(5, 0.2),
        absorption * 0.7675864,
        absorption,
        np.array([1.5242e-4]),
        3.1e7,
        DYE.ladder(1),
        np.array([1.0, 0.75071021, 0.50142042, 0.25213063, 0.00284084]),
    )
    rates = np.array([1.4e-4, 5.3e-4, 1.7e-3, 2.0e-3, 7.7e-3])
    found = steady_photons(model, rates)
    assert np.log(found[0, 2]) < -8.0
    assert np.log(found[0, 3]) == pytest.approx(0.5, abs=0.1)
    for rate, photons in zip(rates, found.T, strict=True):
        balance = SteadyBalance.of(model, steady_pump(model), rate, photons)
        assert np.abs(balance.residual(photons)).max() < 1e-9
