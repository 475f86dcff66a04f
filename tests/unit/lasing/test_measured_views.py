"""What instruments show: polariser, spectrometer, pulse length; spontaneous emission."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtri

from cavitydesign.errors import InputError
from cavitydesign.gain import DotMedium, Pump
from cavitydesign.lasing.competition.polariser import emitted_polarisation
from cavitydesign.lasing.outcomes.emission_spectrum import (
    shown_quality,
    shown_spectrum,
    shown_width_nm,
)
from cavitydesign.lasing.pulses.integrate import StepControl
from cavitydesign.lasing.pulses.pulse import full_width_ps, transform_limit_nm
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver
from cavitydesign.lasing.pumped.averaging import averaged, averaging_kernel
from cavitydesign.lasing.pumped.spontaneous import purcell_factor, spontaneous_emission_factors


def test_polariser_follows_malus_and_the_fractions(make_comb) -> None:
    modes = make_comb(15.0, span_nm=9.0)
    light = emitted_polarisation(modes, np.ones(len(modes)))
    curve = light.behind_polariser([0.0, 45.0, 90.0])
    assert curve[1] == pytest.approx(0.5 * (curve[0] + curve[2]), rel=1e-12)
    share = 0.996 / 0.998
    assert light.contrast == pytest.approx(2 * share - 1, rel=1e-12)


def test_unpolarised_light_lowers_the_contrast(make_comb) -> None:
    modes = make_comb(15.0, span_nm=9.0)
    clean = emitted_polarisation(modes, np.ones(len(modes)))
    mixed = emitted_polarisation(modes, np.ones(len(modes)), unpolarised=float(len(modes)))
    assert mixed.contrast == pytest.approx(0.5 * clean.contrast, rel=1e-12)
    with pytest.raises(InputError, match="not all zero"):
        emitted_polarisation(modes, np.zeros(len(modes)))


def test_spectrum_keeps_the_light_and_shows_the_width() -> None:
    """Area under the shown spectrum = light put in; FWHM of a narrow line = resolution (grid of
    1e-3 nm).
    """
    at = np.arange(480, 600, 1e-3)
    shown = shown_spectrum(at, [537.6], [2.0], 0.01, 0.17, glow=3.0)
    assert np.trapezoid(shown, at) == pytest.approx(2.0 + 3.0, rel=5e-3)
    line = shown_spectrum(at, [537.6], [1.0], 0.01, 0.17)
    above = at[line > 0.5 * line.max()]
    assert above[-1] - above[0] == pytest.approx(math.hypot(0.17, 0.01), abs=3e-3)
    assert float(shown_width_nm(0.3, 0.4)) == pytest.approx(0.5)
    with pytest.raises(InputError, match="resolution"):
        shown_spectrum(at, [537.6], [1.0], 0.0, 0.0)


def test_an_instrument_hides_every_higher_q() -> None:
    """537.6 / 0.17 = 3162: what a spectrometer of 0.17 nm reads of a line of Q = 1e6."""
    assert shown_quality(537.6, 537.6 / 1e6, 0.17) == pytest.approx(3162, abs=1)


def test_width_and_transform_limit_of_a_gaussian() -> None:
    """FWHM 1 ps on an uneven grid; 0.4413 lambda^2 / (c tau) = 0.4254 nm at 537.6 nm."""
    time = np.sort(np.r_[np.linspace(-4, 4, 301), np.linspace(-0.7, 0.7, 301)])
    width = full_width_ps(time, np.exp(-4 * math.log(2) * time**2))
    assert width == pytest.approx(1.0, abs=1e-3)
    assert transform_limit_nm(1.0, 537.6) == pytest.approx(
        0.44127 * 537.6**2 / 299792.458, rel=1e-9
    )
    assert full_width_ps(time, np.exp(time)) is None


def test_averaging_keeps_power_laws_and_is_normalised() -> None:
    """A power law keeps its slope; its factor is the moment of the kernel; weights sum to 1. 1e-6:
    interpolation in logarithms.
    """
    pump = Pump()
    factors, weights = averaging_kernel(pump)
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    nodes = np.geomspace(0.1, 12, 80)
    at = np.array([1.0, 2.0, 4.0])
    found = averaged(pump, nodes, nodes**3, at)
    assert found / at**3 == pytest.approx(np.full(3, weights @ factors**3), rel=1e-6)
    flat = Pump(spot="flat", energy_jitter=0.0)
    assert averaged(flat, nodes, nodes**2, at) == pytest.approx(at**2, rel=1e-9)


def test_averaging_against_every_slice_and_pulse() -> None:
    """A light curve with a corner (slope 10 over 5 % of the fluence), against 2000 slices and 2000
    energies of the log-normal jitter: 3e-4, ten times what is found.
    """
    pump = Pump(energy_jitter=0.05)
    nodes = np.geomspace(0.1, 12, 400)

    def light(fluence: np.ndarray) -> np.ndarray:
        return fluence**3 * (1.0 + 0.5 * (1.0 + np.tanh(np.log(fluence / 2.5) / 0.05)))

    at = np.array([2.0, 2.6, 3.5, 5.0])
    found = averaged(pump, nodes, light(nodes), at)
    # the spot in excitons, the cube of the fluence, down to a fiftieth of the peak
    along = math.sqrt(math.log(50.0) / 3.0) * (np.arange(2000) + 0.5) / 2000.0
    slices = np.exp(-(along**2))
    sd = math.sqrt(math.log1p(0.05**2))
    energies = np.exp(sd * ndtri((np.arange(2000) + 0.5) / 2000.0) - 0.5 * sd**2)
    every = np.outer(slices, energies).ravel()
    right = np.array([light(one * every).mean() for one in at])
    print(found / right - 1.0)
    assert found == pytest.approx(right, rel=3e-4)


def test_jitter_alone_has_the_moments_of_a_log_normal_energy() -> None:
    """Mean 1 and <E^3> = (1 + s^2)^3 for a relative standard deviation s; <E^2> = 1 + s^2."""
    factors, weights = averaging_kernel(Pump(spot="flat", energy_jitter=0.05))
    assert weights @ factors == pytest.approx(1.0, rel=1e-12)
    assert weights @ factors**2 == pytest.approx(1 + 0.05**2, rel=1e-12)
    assert weights @ factors**3 == pytest.approx((1 + 0.05**2) ** 3, rel=1e-12)


def test_beta_is_the_share_of_all_spontaneous_photons(make_comb) -> None:
    medium = DotMedium(inhomogeneous_sd_mev=0.0, size_classes=1)
    modes = make_comb(15.0, span_nm=9.0)
    model = PulseSolver(modes, medium, 1e7, StepControl()).model(8)
    beta = spontaneous_emission_factors(model)
    beside = model.emission[0] / 1e7 / (4 / 5000.0)
    assert beta == pytest.approx(beside / (1.0 + beside.sum()), rel=1e-12)
    assert 0 < beta.sum() < 1
    # so few emitters send nearly all of it into the modes
    few = PulseSolver(modes, medium, 1.0, StepControl()).model(8)
    assert 0.999 < spontaneous_emission_factors(few).sum() < 1.0


def test_purcell_factor_tends_to_the_cavitys(make_comb) -> None:
    """Q far below the line's own 28: 3/(4 pi^2) (lambda/n)^3 Q/V with Q of the mode; far above:
    with that of the line.
    """
    medium = DotMedium()
    low, high = (make_comb(15.0, span_nm=1.0, quality=q)[0] for q in (0.01, 1e9))
    unit = 3 / (4 * math.pi**2) * (0.5376 / 1.495) ** 3 / 35.0
    assert purcell_factor(low, medium, 1.495) == pytest.approx(unit * 0.01, rel=1e-3)
    assert purcell_factor(high, medium, 1.495) == pytest.approx(unit * 2310 / 81.5, rel=1e-6)
