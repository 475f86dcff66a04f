"""The steady state of a four-level medium: the textbook light curve, and many modes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cavitydesign.errors import InputError
from cavitydesign.gain import DotMedium, FourLevelMedium, find_medium
from cavitydesign.lasing import LasingMode
from cavitydesign.lasing.pulses.integrate import StepControl
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver
from cavitydesign.lasing.steady.continuous_wave import steady_photons

DYE = FourLevelMedium(concentration_per_cm3=6e18, fluorescence_ps=3000.0)


def _modes(*offsets: float, quality: float = 2e4) -> list[LasingMode]:
    centre = DYE.emission_wavelength_nm
    return [
        LasingMode(f"TM {100 - k} 1 0", centre + x, 0.9, 1.52, quality, m=100 - k)
        for k, x in enumerate(offsets)
    ]


def test_single_mode_light_curve_is_the_textbook_quadratic() -> None:
    """W E (s + e) = kappa s (W + 1/tau + E (s + e)), e = 1/emitters: the positive root, from
    spontaneous to 100 x threshold.

    (Siegman, Lasers, ch. 13, with ground-state depletion.) 1e-6 is asked; Newton gives 1e-10.
    """
    mode = _modes(0.0)
    emitters = 1e7
    model = PulseSolver(mode, DYE, emitters, StepControl()).model(1)
    gain, loss, decay, seed = (
        float(model.emission[0, 0]),
        float(model.loss[0]),
        1 / 3000.0,
        1 / emitters,
    )
    threshold = loss / gain / (1 - loss / gain) * decay
    pump = threshold * np.geomspace(0.01, 100, 40)
    found = steady_photons(model, pump)[0]
    a, b, c = loss * gain, loss * (pump + decay + gain * seed) - pump * gain, -pump * gain * seed
    root = np.sqrt(b * b - 4 * a * c)
    expected = np.where(b > 0, -2 * c / (b + root), (root - b) / (2 * a))
    assert np.abs(found / expected - 1).max() < 1e-6, np.abs(found / expected - 1).max()
    # the two regimes of the curve: spontaneous below, slope 1/kappa above
    assert found[-1] / found[0] > 1e6


def test_many_modes_against_the_time_dependent_equations() -> None:
    """Three modes, two of them different in Q: the limit of the rate equations under a steady pump,
    1e-6.
    """
    modes = [*_modes(0.0, 3.0), *_modes(-6.0, quality=3e4)]
    model = PulseSolver(modes, DYE, 1e6, StepControl()).model(1)
    emission, loss = model.emission[0], model.loss
    rate, decay = 5e-6, 1 / 3000.0

    def change(_: float, y: np.ndarray) -> np.ndarray:
        x, s = y[0], y[1:]
        up = rate * (1 - x) - decay * x - x * (emission @ (s + 1e-6))
        return np.r_[up, (emission * x - loss) * s + emission * x * 1e-6]

    end = solve_ivp(
        change, (0, 1e6), np.r_[0.0, np.full(3, 1e-9)], method="Radau", rtol=1e-10, atol=1e-16
    ).y[1:, -1]
    found = steady_photons(model, np.array([rate / 4, rate / 2, rate]))[:, -1]
    assert found == pytest.approx(end, rel=1e-6)


def test_only_four_level_media_and_rising_pumps() -> None:
    dots = PulseSolver(_modes(0.0), DotMedium(), 1e7, StepControl()).model(8)
    with pytest.raises(InputError, match="four-level"):
        steady_photons(dots, [1e-3])
    model = PulseSolver(_modes(0.0), DYE, 1e7, StepControl()).model(1)
    with pytest.raises(InputError, match="rise"):
        steady_photons(model, [1e-3, 1e-4])


ERBIUM = FourLevelMedium(
    name="Er",
    emission_energy_ev=0.8,
    emission_fwhm_mev=20.0,
    concentration_per_cm3=2e19,
    emission_cross_section_cm2=5e-21,
    fluorescence_ps=1e10,
    reabsorption=1.0,
    crossing_energy_ev=0.807,
)


@pytest.mark.parametrize(
    ("medium", "comb", "emitters", "pumps"),
    [
        ("dye", (50.0, 575.0, 72.0, 1.5, 1e7), 5.7e8, (1e-9, 1e-4)),
        ("erbium", (40.0, 1550.0, 100.0, 1.46, 1e8), 1.7e10, (1e-13, 1e-6)),
    ],
)
def test_absorption_far_above_the_loss(
    make_comb, medium: str, comb, emitters: float, pumps
) -> None:
    """Pump events are decays and photons that leave, to 1e-7, where a photon is absorbed 1e4 times
    sooner than it leaves; the first rate may lie above threshold.
    """
    diameter, centre, span, index, quality = comb
    modes = make_comb(diameter, centre_nm=centre, span_nm=span, comb_index=index, quality=quality)
    chosen = find_medium("rhodamine-6G-PMMA") if medium == "dye" else ERBIUM
    model = PulseSolver(modes, chosen, emitters, StepControl()).model(1)
    pump = np.geomspace(*pumps, 25)
    photons = steady_photons(model, pump)
    up = pump + model.absorption @ photons
    down = model.ladder.decay_per_ps[1] + model.emission @ (photons + 1.0 / emitters)
    excited = model.weight @ (up / (up + down))
    ends = model.ladder.decay_per_ps[1] * excited + model.loss @ photons
    assert ends == pytest.approx(pump * (1.0 - excited), rel=1e-7)
    above = steady_photons(model, pump[-2:])
    assert above[:, -1] == pytest.approx(photons[:, -1], rel=1e-7)
