"""Open-aperture Z-scan: series, an independent integration, and the fit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import dblquad, quad

from cavitydesign.errors import InputError
from cavitydesign.gain.measured.z_scan import ZScan, gaussian_transmittance

SCAN = ZScan(
    photons=3,
    wavelength_nm=1500.0,
    pulse_energy_nj=100.0,
    pulse_fs=100.0,
    waist_um=30.0,
    absorbers_per_cm3=2e15,
    thickness_mm=1.0,
)


@pytest.mark.parametrize("photons", [2, 3])
def test_weak_absorption_series(photons: int) -> None:
    """1 - strength / ((n-1) n^(3/2)) + O(strength^2), from n-th powers of two Gaussians in time and
    beam.
    """
    strength = 1e-4
    expected = 1 - strength / ((photons - 1) * photons**1.5)
    assert float(gaussian_transmittance(np.array([strength]), photons)[0]) == pytest.approx(
        expected, abs=2 * strength**2
    )


def test_two_photon_closed_form() -> None:
    """(1 / (sqrt(pi) q)) int ln(1 + q exp(-x^2)) dx, Sheik-Bahae 1990; quadratures agree to
    1e-9.
    """
    for q in (0.3, 3.0):
        expected = quad(lambda x, q=q: np.log1p(q * np.exp(-x * x)), -9, 9, epsabs=1e-13)[0] / (
            np.sqrt(np.pi) * q
        )
        assert float(gaussian_transmittance(np.array([q]), 2)[0]) == pytest.approx(
            expected, rel=1e-8
        )


def test_three_photon_against_a_double_integral() -> None:
    """u = share of the beam, t = time; adaptive quadrature of the local law."""
    q = 2.0
    value = dblquad(
        lambda t, u: np.exp(-t * t) / np.sqrt(1 + q * (u * np.exp(-t * t)) ** 2),
        0,
        1,
        -7,
        7,
        epsabs=1e-10,
    )[0]
    assert float(gaussian_transmittance(np.array([q]), 3)[0]) == pytest.approx(
        value / np.sqrt(np.pi), rel=1e-7
    )


def test_peak_flux_integrates_to_the_pulse_energy() -> None:
    """Peak flux x beam area x pulse area = photons in the pulse."""
    area = 0.5 * np.pi * (30e-4) ** 2
    seconds = 100e-15 / np.sqrt(4 * np.log(2) / np.pi)
    photons = 100e-9 / (6.62607015e-34 * 299792458 / 1500e-9)
    assert SCAN.peak_flux_per_cm2_s * area * seconds == pytest.approx(photons, rel=1e-12)


@pytest.mark.parametrize("photons", [2, 3])
def test_fit_finds_sigma_within_its_error(photons: int) -> None:
    """20 scans with 0.3 % noise: the pull (fit - truth) / error has a mean square near 1 (chi^2
    with 20: 0.4 to 2.0).
    """
    wavelength, sigma = {2: (970.0, 1.88e-44), 3: (1500.0, 5.10e-75)}[photons]
    density = {2: 2e14, 3: 2e13}[photons]
    scan = ZScan(photons, wavelength, 2000.0, 100.0, 30.0, density, 1.0)
    place = np.linspace(-12, 12, 49)
    clean = scan.transmittance(place, sigma, centre_mm=0.7)
    assert 0.3 < clean.min() < 0.95, clean.min()
    rng = np.random.default_rng(1)
    pulls = []
    for _ in range(20):
        fit = scan.fitted(place, 1.02 * clean * (1 + 0.003 * rng.standard_normal(len(place))))
        pulls.append((fit.sigma - sigma) / fit.sigma_error)
        assert fit.centre_mm == pytest.approx(0.7, abs=0.1)
        assert fit.baseline == pytest.approx(1.02, abs=0.005)
    assert 0.4 < np.mean(np.square(pulls)) < 2.0, pulls


def test_exact_data_give_sigma_back() -> None:
    place = np.linspace(-12, 12, 25)
    fit = SCAN.fitted(place, SCAN.transmittance(place, 3e-75))
    assert fit.sigma == pytest.approx(3e-75, rel=1e-5)


def test_linear_absorption_shortens_the_sample() -> None:
    scan = ZScan(2, 970.0, 100.0, 100.0, 30.0, 1e17, 1.0, linear_absorption_per_cm=5.0)
    assert scan.effective_length_cm == pytest.approx((1 - np.exp(-0.5)) / 5.0, rel=1e-12)


def test_bad_input() -> None:
    with pytest.raises(InputError, match="photons 4") as caught:
        ZScan(4, 970.0, -1.0, 100.0, 30.0, 1e17, 1.0)
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="five or more"):
        SCAN.fitted([0.0, 1.0], [1.0, 1.0])
    with pytest.raises(InputError, match="positive"):
        SCAN.fitted(np.arange(6.0), np.r_[np.ones(5), -1.0])
