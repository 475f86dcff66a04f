"""Pulses longer than the emitters' life: against LSODA with the pump written out, the limits of a
short pulse and of continuous light, and emitters in the dark.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cavitydesign.gain import DotMedium, FourLevelMedium, GainMedium, Pump, find_medium
from cavitydesign.gain.emitters.carriers import CarrierMedium
from cavitydesign.lasing import LasingRequest, predict_lasing
from cavitydesign.lasing.pulses.long_pump import weights_under_pump
from cavitydesign.lasing.pulses.pulse_outcomes import StepControl
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver
from cavitydesign.lasing.pumped.pump_profile import PumpProfile, pump_profile
from cavitydesign.lasing.steady.continuous_wave import steady_photons
from cavitydesign.lasing.steady.threshold import DarkGain

DOTS = DotMedium(inhomogeneous_sd_mev=0.0)
DYE = find_medium("rhodamine-6G-PMMA")
CARRIERS = CarrierMedium()


def shape_of(profile: PumpProfile, time: float) -> float:
    """Intensity to the power of the photons, of integral 1, by its formula."""
    from_middle = (time - 0.5 * profile.length_ps) / profile.pulse_ps
    if profile.shape == "square":
        return float(abs(from_middle) <= 0.5) / profile.pulse_ps
    if profile.shape == "sech2" and profile.photons == 1:
        half = np.arccosh(np.sqrt(2.0))
        faded = np.exp(-4.0 * half * abs(from_middle))
        return float(4.0 * half * faded / (1.0 + faded) ** 2 / profile.pulse_ps)
    width = 4.0 * np.log(2.0) * profile.photons
    return float(np.sqrt(width / np.pi) * np.exp(-width * from_middle**2) / profile.pulse_ps)


def by_lsoda(
    solver: PulseSolver, medium: GainMedium, excitons: float, horizon_ps: float
) -> tuple[np.ndarray, float]:
    """Photons that left each mode and photoluminescence, at 1e-8, of one class of emitters; the
    cooling is a level of its own that is fed by the pulse.
    """
    profile = solver.profile
    assert profile is not None
    model = solver.model(1)
    decay, radiative = (
        float(one[1]) for one in (model.ladder.decay_per_ps, model.ladder.radiative_per_ps)
    )
    emission, absorption = model.emission[0], model.absorption[0]
    seed = 1.0 / model.emitters

    def rate(time: float, y: np.ndarray) -> np.ndarray:
        arriving, x, photons = y[0], y[1], y[2 : 2 + model.modes]
        lift = excitons * arriving
        stimulated = emission @ (photons + seed) * x - absorption @ photons * (1.0 - x)
        grown = (emission * x - absorption * (1.0 - x) - model.loss) * photons + emission * x * seed
        return np.r_[
            (shape_of(profile, time) - arriving) / profile.cooling_ps,
            lift * (1.0 - x - solver.pump_emission * x) - decay * x - stimulated,
            grown,
            model.loss * photons,
            radiative * x,
        ]

    y = np.zeros(3 + 2 * model.modes)
    ends = (0.0, 0.3 * profile.length_ps, 0.5 * profile.length_ps, profile.length_ps)
    for begin, until in zip(ends, (*ends[1:], horizon_ps), strict=True):
        y = solve_ivp(rate, (begin, until), y, method="LSODA", rtol=1e-8, atol=1e-15).y[:, -1]
    return y[2 + model.modes : -1], float(y[-1])


def _solver(comb, medium: GainMedium, profile: PumpProfile | None, pump_nm: float) -> PulseSolver:
    backwards = medium.pump_emission(pump_nm)
    return PulseSolver(comb, medium, 1.7e7, StepControl(), None, backwards, profile)


def _static(solver: PulseSolver, medium: GainMedium) -> float:
    model = solver.model(medium.ladder_top(8.0))
    dark = DarkGain(model, medium, solver.pump_emission, solver.profile)
    return min(value for value in dark.threshold_excitons_each() if value is not None)


@pytest.mark.parametrize(
    ("quality", "pulse_ps", "shape"),
    [(2000.0, 1e4, "gaussian"), (1e6, 2e4, "square"), (1e8, 500.0, "sech2")],
)
def test_dyes_below_at_and_above_threshold(
    make_comb, quality: float, pulse_ps: float, shape: str
) -> None:
    """Modes above a tenth of the strongest, and photoluminescence, to 1e-3."""
    comb = make_comb(15.0, centre_nm=580.0, span_nm=9.0, quality=quality)
    profile = PumpProfile(pulse_ps, shape, 1, 1.0)
    solver = _solver(comb, DYE, profile, 532.0)
    static = _static(solver, DYE)
    excitons = static * np.array([0.3, 1.0, 1.5, 10.0])
    found = solver.outcomes(excitons)
    assert found.left_error.max() < 2e-4
    assert np.abs(found.balance_error).max() < 1e-9
    for place, mean in enumerate(excitons):
        light, glow = by_lsoda(solver, DYE, float(mean), 1e5 if quality < 1e7 else 3e5)
        strong = light > 0.1 * light.max()
        wrong = np.abs(found.emitted[strong, place] / light[strong] - 1.0).max()
        print(f"Q = {quality:g}, {shape}, {mean / static:.1f}: {wrong:.1e}")
        assert wrong < 1e-3
        assert found.spontaneous[place] == pytest.approx(glow, rel=1e-3)


def test_long_pulse_is_continuous_light(make_comb) -> None:
    """A square pulse of 30 life times at 3 times threshold: light per time of its later part, from
    two lengths, is that of the steady state to 1e-3.
    """
    comb = make_comb(15.0, centre_nm=580.0, span_nm=9.0, quality=2e4)
    rate = None
    emitted = []
    for length in (6e4, 1.2e5):
        profile = PumpProfile(length, "square", 1, 1.0)
        solver = _solver(comb, DYE, profile, 532.0)
        if rate is None:
            rate = 3.0 * _static(solver, DYE) / length
        emitted.append(solver.outcomes(np.array([rate * length])).emitted[:, 0])
    steady = steady_photons(solver.model(1), [rate], solver.pump_emission)[:, 0]
    light = solver.model(1).loss * steady
    strong = light > 0.1 * light.max()
    assert (emitted[1] - emitted[0])[strong] / 6e4 == pytest.approx(light[strong], rel=1e-3)


@pytest.mark.parametrize(("medium", "centre_nm"), [(DYE, 580.0), (CARRIERS, 871.0)])
def test_a_pulse_as_short_as_the_cooling_arrives_at_once(
    make_comb, medium: GainMedium, centre_nm: float
) -> None:
    """A twentieth of the cooling time, square: the light at 3 times gain = loss differs by less
    than 2 %, and by less than 1 % in excitations at gain = loss.
    """
    comb = make_comb(15.0, centre_nm=centre_nm, span_nm=9.0, quality=5e3)
    short, at_once = (
        _solver(comb, medium, profile, 400.0)
        for profile in (PumpProfile(0.05, "square", 1, 1.0), None)
    )
    excitons = np.array([3.0 * _static(at_once, medium)])
    assert _static(short, medium) == pytest.approx(_static(at_once, medium), rel=0.01)
    light = [solver.outcomes(excitons).emitted.sum() for solver in (short, at_once)]
    assert light[0] == pytest.approx(light[1], rel=0.02)


def test_ladder_under_a_long_pump_against_lsoda() -> None:
    """Weights of emission of dots under 100 ps, 10 excitons: 2e-3 of the largest."""
    ladder, profile = DOTS.ladder(24), PumpProfile(100.0, "gaussian", 1, 1.4)
    found = weights_under_pump(ladder, profile, np.array([10.0]), 0.0)[0, :301, 0]

    def rate(time: float, p: np.ndarray) -> np.ndarray:
        lift = 10.0 * profile.rate_per_ps(np.array([time]))[0] * np.r_[p[:-1], 0.0]
        fall = ladder.decay_per_ps * p
        return np.r_[fall[1:], 0.0] - fall - lift + np.r_[0.0, lift[:-1]]

    times = np.linspace(0.0, profile.end_ps, 301)
    start = np.r_[1.0, np.zeros(24)]
    exact = solve_ivp(
        rate, (0.0, times[-1]), start, method="LSODA", t_eval=times, rtol=1e-8, max_step=2.0
    )
    assert np.abs(found - ladder.emission @ exact.y).max() < 2e-3 * found.max()


def test_nanosecond_pulses_of_a_design(make_comb) -> None:
    """Rhodamine, Q = 2e5, pulses of 10 ns take 1.5 to 4 times the fluence of short ones (life 3.5
    ns), and their threshold lies where gain = loss; which pulses are long is the medium's to say.
    """
    comb = make_comb(15.0, centre_nm=580.0, quality=2e5, span_nm=9.0)
    request = LasingRequest(comb_phases=0, fluences=12, extend_comb=False)
    short, long = (
        predict_lasing(
            comb,
            DYE,
            Pump(
                photons=1,
                wavelength_nm=532.0,
                fluence_mj_cm2=(0.002, 0.05),
                pulse_fs=pulse_fs,
                spot="flat",
                energy_jitter=0.0,
            ),
            request,
            15.0,
        ).thresholds
        for pulse_fs in (100.0, 1e7)
    )
    assert 1.5 < long.gain_equals_loss / short.gain_equals_loss < 4.0
    assert long.lasing == pytest.approx(long.gain_equals_loss, rel=0.3)
    erbium = FourLevelMedium(
        emission_energy_ev=0.8, fluorescence_ps=1e10, crossing_energy_ev=0.807, reabsorption=1.0
    )
    assert pump_profile(Pump(photons=1, pulse_fs=1e3), erbium) is None
    assert pump_profile(Pump(photons=1, pulse_fs=1.1e3), erbium) is not None
