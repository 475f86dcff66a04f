"""Media of carriers: laws of the gain, Einstein's relation, decay in the dark, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from cavitydesign.errors import InputError
from cavitydesign.gain import CarrierMedium, Pump, medium_from_dict
from cavitydesign.units import HC_EV_NM

LOG = CarrierMedium()
LINEAR = CarrierMedium(gain_law="linear", peak_gain_per_cm=0.0, differential_gain_cm2=2e-16)


def test_laws_of_the_gain() -> None:
    """Zero at transparency, minus the absorption at rest without carriers, and in between as
    written: rounding.
    """
    density = np.array([0.0, 1e18, 2e18, 5e18])
    shift = 2e18 / np.expm1(5.0)
    right = 1000.0 * np.log((density + shift) / (2e18 + shift))
    assert LOG.gain_per_cm(density) == pytest.approx(right, rel=1e-12, abs=1e-9)
    assert LOG.gain_per_cm(0.0) == pytest.approx(-5000.0, rel=1e-12)
    assert LINEAR.gain_per_cm(density) == pytest.approx(2e-16 * (density - 2e18), abs=1e-9)
    assert LINEAR.rest_absorption_per_cm == pytest.approx(400.0)


@pytest.mark.parametrize("medium", [LOG, LINEAR, replace(LOG, monomolecular_yield=0.3)])
def test_slopes_of_the_laws(medium: CarrierMedium) -> None:
    """Against differences: 1e-6, their own error."""
    ladder, x = medium.ladder(1), np.array([0.01, 0.5, 1.0, 4.0])
    step = 1e-5 * x
    found = (ladder.weights(x + step) - ladder.weights(x - step)) / (2.0 * step)
    assert ladder.slopes(x) == pytest.approx(found, rel=1e-6)


def test_emission_radiates_what_recombination_does() -> None:
    """8 pi n^2 / c^2 of the emission coefficient over all frequencies is the radiative
    recombination of the same density (van Roosbroeck and Shockley), by quadrature: 1e-6.
    """
    x = 1.7
    emission = LOG.peak_gain_per_cm * float(LOG.ladder(1).weights(np.array(x))[0])

    def spectrum(energy: float) -> float:
        frequency = energy / 4.135667696923859e-15
        line = float(LOG.class_lines(HC_EV_NM / energy).emission[0, 0])
        modes = 8.0 * np.pi * LOG.refractive_index**2 * (frequency / 2.99792458e10) ** 2
        return modes * emission * line / 4.135667696923859e-15

    found = quad(spectrum, 1.2, 1.7, epsrel=1e-9)[0]
    carriers = x * LOG.transparency_per_cm3
    assert found == pytest.approx(LOG.bimolecular_cm3_per_s * carriers**2, rel=1e-6)


def test_decay_in_the_dark() -> None:
    """The delayed density against LSODA of the three recombinations written out, from far below
    transparency to far above; the gain it gives to 1e-6.
    """
    medium = replace(LOG, relaxation_ps=2.0, auger_cm6_per_s=4e-30)
    times = np.array([1.0, 10.0, 300.0, 3000.0])
    for start in (1e-3, 0.7, 1.3, 40.0):

        def rate(time: float, x: np.ndarray, begin: float = start) -> np.ndarray:
            carriers = 2e18 * x
            lost = 1e8 * carriers + 1e-10 * carriers**2 + 4e-30 * carriers**3
            return begin / 2.0 * np.exp(-time / 2.0) - lost / 2e18 * 1e-12

        exact = solve_ivp(
            rate, (0, 3000), [0.0], method="LSODA", t_eval=times, rtol=1e-11, atol=1e-15
        ).y[0]
        weights = medium.ladder(1).in_the_dark(times)(medium.occupation(start, 1))[:, :, 0]
        gain = medium.peak_gain_per_cm * (weights[0] - weights[1])
        assert gain == pytest.approx(medium.gain_per_cm(2e18 * exact), rel=1e-6, abs=1e-3)


def test_bimolecular_decay_in_closed_form() -> None:
    """A and B alone: x = A x0 e / (A + B x0 (1 - e)), e = exp(-A t), once all carriers have cooled:
    2e-4, what recombines while they cool in 0.01 ps.
    """
    medium = replace(LOG, relaxation_ps=0.01, auger_cm6_per_s=0.0)
    first, second, start, time = 1e-4, 2e-4, 3.0, 2000.0
    left = np.exp(-first * time)
    right = first * start * left / (first + second * start * (1.0 - left))
    weights = medium.ladder(1).in_the_dark(np.array([time]))(medium.occupation(start, 1))
    density = np.sqrt(weights[0, 0, 0] / medium.ladder(1).einstein_ps / second)
    assert density == pytest.approx(right, rel=2e-4)


def test_pump_of_a_crystal() -> None:
    """alpha F / h nu carriers by one photon, beta F^2 s / (2 h nu tau) by two: rounding."""
    medium = replace(LOG, two_photon_cm_per_gw=20.0)
    joule = HC_EV_NM / 800.0 * 1.602176634e-19
    one = Pump(photons=1, wavelength_nm=800.0).excitons(0.1, medium.absorber)
    assert one * 2e18 == pytest.approx(1e4 * 1e-4 / joule, rel=1e-9)
    two = Pump(photons=2, wavelength_nm=1550.0, shape="square", pulse_fs=200.0)
    joule = HC_EV_NM / 1550.0 * 1.602176634e-19
    carriers = 20e-9 * (1e-3) ** 2 / (2.0 * joule * 200e-15)
    assert two.excitons(1.0, medium.absorber) * 2e18 == pytest.approx(carriers, rel=1e-6)


def test_gain_beyond_recombination_is_told() -> None:
    assert LOG.warnings([870.0]) == ()
    faint = replace(LOG, bimolecular_cm3_per_s=1e-12)
    assert "radiative recombination" in faint.warnings([870.0])[0]


def test_a_medium_of_ones_own() -> None:
    found = medium_from_dict(
        {
            "kind": "carriers",
            "name": "mine",
            "gain_law": "linear",
            "peak_gain_per_cm": 0.0,
            "differential_gain_cm2": 3e-16,
            "transparency_per_cm3": 1e18,
        }
    )
    assert isinstance(found, CarrierMedium)
    assert found.peak_gain_per_cm == pytest.approx(300.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gain_law": "square"}, "logarithmic, linear"),
        ({"gain_law": "linear", "differential_gain_cm2": 1e-16}, "give one of them"),
        ({"differential_gain_cm2": 1e-16}, "belongs to the linear law"),
        ({"rest_absorption_per_cm": 0.0}, "must be positive"),
        ({"rest_absorption_per_cm": 1e6}, "at most 600 times"),
        ({"bimolecular_yield": 0.0}, "no light without"),
        ({"monomolecular_yield": 1.5}, "must not exceed 1"),
        ({"monomolecular_per_s": 0.0}, "must be positive"),
        ({"size_classes": 3}, "one class"),
        ({"auger_ps": 7.0}, "unknown key"),
    ],
)
def test_impossible_carriers_are_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        medium_from_dict({"kind": "carriers", **change})
