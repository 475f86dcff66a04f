"""Variable stripe length; heat and drift."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cavitydesign.errors import InputError
from cavitydesign.gain.heat import ThermalHost, heat_load, quantum_defect
from cavitydesign.gain.measured.stripe import fit_stripe_gain, modal_gain_per_cm, stripe_emission


@pytest.mark.parametrize("gain", [-20.0, 0.0, 120.0])
def test_stripe_solves_its_equation(gain: float) -> None:
    """dI/dL = g I + source, from zero."""
    length = np.linspace(50, 400, 8)
    solved = solve_ivp(
        lambda _, y: gain * y + 2.0, (0, 0.04), [0.0], t_eval=length * 1e-4, rtol=1e-11, atol=1e-14
    ).y[0]
    assert stripe_emission(length, gain, source=2.0) == pytest.approx(solved, rel=1e-8)


def test_saturated_stripe_goes_on_straight() -> None:
    curve = stripe_emission([100.0, 200.0, 300.0, 400.0], 150.0, saturation_length_um=200.0)
    assert curve[3] - curve[2] == pytest.approx(curve[2] - curve[1], rel=1e-12)


def test_fit_gives_the_gain_back_with_its_error() -> None:
    length = np.linspace(20, 120, 21)
    exact = fit_stripe_gain(length, stripe_emission(length, 500.0, 3.0))
    assert exact.net_gain_per_cm == pytest.approx(500.0, rel=1e-5)
    assert exact.source == pytest.approx(3.0, rel=1e-5)
    noise = np.random.default_rng(2).normal(1.0, 0.03, 21)
    fit = fit_stripe_gain(length, stripe_emission(length, 500.0) * noise)
    assert abs(fit.net_gain_per_cm - 500.0) < 4 * fit.error_per_cm
    assert 0 < fit.error_per_cm < 30


def test_modal_gain() -> None:
    assert modal_gain_per_cm(1000.0, 0.6, 40.0) == pytest.approx(560.0)


def test_stripe_bad_input() -> None:
    with pytest.raises(InputError, match="four or more"):
        fit_stripe_gain([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(InputError, match="positive"):
        fit_stripe_gain([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 0.0, 4.0])


def _load(**changes: float):
    given = {
        "excitons": 4.0, "emitters": 1e8, "volume_um3": 200.0, "length_um": 4.0, "diameter_um": 88.0, "photons": 3,
        "pump_nm": 1500.0, "emission_nm": 537.6, "light_yield": 0.0, "repetition_rate_hz": 1000.0,
    } | changes  # fmt: skip
    return heat_load(**given)


def test_heat_by_hand() -> None:
    """4e8 excitations of 2.4797 eV over 200 um3 of 1.75 pJ/(um3 K)."""
    load = _load()
    energy = 4e8 * 3 * 1239.841984332 / 1500 * 1.602176634e-19 * 1e12
    assert load.absorbed_pj == pytest.approx(energy, rel=1e-9)
    assert load.heat_pj == pytest.approx(energy, rel=1e-12)
    assert load.pulse_rise_k == pytest.approx(energy / (200 * 1.75), rel=1e-9)


def test_light_that_leaves_is_not_heat() -> None:
    """Yield 1: only the quantum defect stays."""
    load = _load(light_yield=1.0)
    assert load.heat_pj / load.absorbed_pj == pytest.approx(
        quantum_defect(537.6, 3, 1500.0), rel=1e-12
    )


def test_steady_rise_solves_the_heat_equation() -> None:
    """Mean temperature of a uniformly heated cylinder with a cold surface: q R^2 / (8 k), q = power
    per volume.
    """
    load = _load()
    power_per_length = load.heat_pj * 1e-12 * 1000 / 4e-6
    r = np.linspace(0, 1, 20001)
    mean = np.trapezoid((1 - r**2) / 4 * 2 * r, r) * power_per_length / math.pi / 0.19
    assert load.steady_rise_k == pytest.approx(mean, rel=1e-6)


def test_drift_of_pmma_is_nearly_nothing_and_signed() -> None:
    """dn/dT / n and expansion cancel to -2e-7 / K in PMMA; without expansion the comb moves to the
    blue.
    """
    assert _load().drift_nm_per_k == pytest.approx(537.6 * (-1.05e-4 / 1.495 + 7e-5), rel=1e-12)
    stiff = heat_load(
        excitons=1.0, emitters=1e8, volume_um3=200.0, length_um=4.0, diameter_um=88.0, photons=3, pump_nm=1500.0,
        emission_nm=537.6, light_yield=0.0, repetition_rate_hz=1e3, host=ThermalHost(expansion_per_k=0.0),
    )  # fmt: skip
    assert stiff.drift_nm_per_k < -0.03


def test_heat_bad_input() -> None:
    with pytest.raises(InputError, match="light_yield"):
        _load(light_yield=1.5)
    with pytest.raises(InputError, match="must be positive"):
        _load(emitters=0.0)
    with pytest.raises(InputError, match="conductivity"):
        ThermalHost(conductivity_w_per_m_k=0.0)
