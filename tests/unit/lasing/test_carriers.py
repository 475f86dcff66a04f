"""Carriers in the rate equations, against equations written out with densities in cm^-3."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from cavitydesign.gain import CarrierMedium, Pump
from cavitydesign.lasing import LasingMode, LasingRequest, predict_continuous, predict_lasing
from cavitydesign.lasing.pulses.integrate import StepControl
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver
from cavitydesign.lasing.pulses.rate_model import rate_model
from cavitydesign.lasing.pumped.pump_profile import PumpProfile
from cavitydesign.lasing.pumped.spontaneous import spontaneous_emission_factors
from cavitydesign.lasing.steady.continuous_wave import steady_photons
from cavitydesign.lasing.steady.threshold import DarkGain, threshold_gain_per_cm

LOG = CarrierMedium(monomolecular_yield=0.2)
LINEAR = CarrierMedium(gain_law="linear", peak_gain_per_cm=0.0, differential_gain_cm2=5e-16)
VOLUME_CM3 = 3e-12
NUMBER = 2e18 * VOLUME_CM3


def comb(quality: float, confinement: float = 0.9) -> list[LasingMode]:
    return [
        LasingMode(f"TM {m} 1 0", 870.0 - 5.0 * (m - 40), confinement, 4.0, quality, m=m)
        for m in range(38, 43)
    ]


def written_out(
    medium: CarrierMedium,
    modes: list[LasingMode],
    excitons: float,
    horizon_ps: float,
    pulse_ps: float = 0.0,
) -> tuple[np.ndarray, float]:
    """Photons that left each mode and photoluminescence, for each carrier of transparency: LSODA
    at 1e-9, densities in cm^-3 and rates per s as textbooks have them, seeds by c / n_g times the
    emission coefficient over the volume. A square pulse, or one of no length, fed through hot
    carriers that relax in a picosecond.
    """
    energy = 1239.841984332003 / np.array([mode.wavelength_nm for mode in modes])
    sd = 0.050 / np.sqrt(8.0 * np.log(2.0))
    line = np.exp(-0.5 * ((energy - 1.424) / sd) ** 2)
    speed = 0.9 * 2.99792458e10 / 4.0
    loss = np.array([2.0 * np.pi * 2.99792458e17 / (m.wavelength_nm * m.q_passive) for m in modes])
    planck = 4.135667696923859e-15
    cells = 8.0 * np.pi * 3.6**2 * np.sqrt(2.0 * np.pi) * sd * (1.424**2 + sd**2)
    cells /= planck**3 * 2.99792458e10**2
    share = medium.monomolecular_yield

    def gain(carriers: float) -> float:
        if medium.gain_law == "linear":
            return 5e-16 * (carriers - 2e18)
        shift = 2e18 / np.expm1(5.0)
        return 1000.0 * np.log((max(carriers, 0.0) + shift) / (2e18 + shift))

    def rate(time: float, state: np.ndarray) -> np.ndarray:
        carriers, photons = state[0], state[1:6]
        glow = share * 1e8 * carriers + 1e-10 * carriers**2
        lost = 1e8 * carriers + 1e-10 * carriers**2 + 1e-30 * carriers**3
        amplified = speed * line * gain(carriers) * photons
        seeded = speed * line * glow / cells / VOLUME_CM3
        hot = np.exp(-time / 1e-12) / 1e-12
        if pulse_ps:
            ended = max(time - 1e-12 * pulse_ps, 0.0)
            hot = (np.exp(-ended / 1e-12) - np.exp(-time / 1e-12)) / (1e-12 * pulse_ps)
        fed = excitons * 2e18 * hot
        change = fed - lost - (amplified + seeded).sum()
        return np.r_[change, amplified + seeded - loss * photons, loss * photons, glow]

    state = np.zeros(12)
    # the pulse, and what follows its end
    for begin, until in ((0.0, pulse_ps), (pulse_ps, pulse_ps + horizon_ps)):
        if until > begin:
            within = (1e-12 * begin, 1e-12 * until)
            found = solve_ivp(rate, within, state, method="LSODA", rtol=1e-9, atol=1e2)
            state = found.y[:, -1]
    end = state / 2e18
    return end[6:11], float(end[11])


@pytest.mark.parametrize(("medium", "quality"), [(LOG, 1e3), (LINEAR, 3e4), (LOG, 1e6)])
def test_light_below_at_and_above_threshold(medium: CarrierMedium, quality: float) -> None:
    """From 0.3 to 10 times gain = loss, to 1e-3, which is what users are promised of any medium."""
    modes = comb(quality)
    solver = PulseSolver(modes, medium, NUMBER, StepControl())
    each = DarkGain(solver.model(1), medium).threshold_excitons_each()
    static = min(value for value in each if value is not None)
    excitons = static * np.array([0.3, 1.0, 1.5, 10.0])
    found = solver.outcomes(excitons)
    assert np.abs(found.balance_error).max() < 1e-6
    for place, mean in enumerate(excitons):
        light, glow = written_out(medium, modes, float(mean), 3e5)
        strong = light > 0.1 * light.max()
        wrong = np.abs(found.emitted[strong, place] / light[strong] - 1.0).max()
        print(f"{medium.gain_law} Q = {quality:g}, {mean / static:.1f}: {wrong:.1e}")
        assert wrong < 1e-3
        assert found.spontaneous[place] == pytest.approx(glow, rel=1e-3)


@pytest.mark.parametrize("pulse_ps", [300.0, 3e4, 1e6])
@pytest.mark.parametrize("medium", [LOG, LINEAR], ids=["logarithmic", "linear"])
def test_light_of_long_pulses(medium: CarrierMedium, pulse_ps: float) -> None:
    """The same under square pulses of 0.3 ns to 1 us, to 1e-3. After a microsecond the density is
    a rounding of nothing, of either sign: the light still to come was told as 1e260 photons.
    """
    modes = comb(3e3)
    cooling_ps = 1.0 / medium.ladder(1).cooling_per_ps
    profile = PumpProfile(pulse_ps, "square", 1, cooling_ps)
    solver = PulseSolver(modes, medium, NUMBER, StepControl(), None, 0.0, profile)
    dark = DarkGain(solver.model(1), medium, 0.0, profile)
    static = min(value for value in dark.threshold_excitons_each() if value is not None)
    excitons = static * np.array([0.01, 0.3, 1.5, 6.0])
    found = solver.outcomes(excitons)
    assert np.abs(found.balance_error).max() < 1e-6
    for place, mean in enumerate(excitons):
        light, glow = written_out(medium, modes, float(mean), 3e5, pulse_ps)
        strong = light > 0.1 * light.max()
        wrong = np.abs(found.emitted[strong, place] / light[strong] - 1.0).max()
        print(f"{medium.gain_law} {pulse_ps:g} ps, {mean / static:.2f}: {wrong:.1e}")
        # Far below, light is mostly what emitters absorb and send out again, which the closed form
        # of the end takes at the density that stands then.
        assert wrong < (1e-3 if mean > 0.1 * static else 3e-3)
        assert found.spontaneous[place] == pytest.approx(glow, rel=1e-3)


def test_gain_equals_loss_in_closed_form() -> None:
    """N_th = (N_tr + N_s) exp(g_th / g0) - N_s, and N_tr + g_th / a: 1e-4 where next to nothing
    recombines while carriers cool.
    """
    slow = {
        "relaxation_ps": 0.01,
        "monomolecular_per_s": 1e6,
        "bimolecular_cm3_per_s": 1e-12,
        "auger_cm6_per_s": 0.0,
    }
    mode = LasingMode("TM 40 1 0", 1239.841984332003 / 1.424, 0.9, 4.0, 2000.0, m=40)
    asked = threshold_gain_per_cm(mode)
    shift = 2e18 / np.expm1(5.0)
    for medium, right in (
        (replace(LOG, **slow), (2e18 + shift) * np.exp(asked / 1000.0) - shift),
        (replace(LINEAR, **slow), 2e18 + asked / 5e-16),
    ):
        model = rate_model([mode], medium, NUMBER, 1)
        found = DarkGain(model, medium).threshold_excitons_each()[0]
        assert found is not None
        assert found * 2e18 == pytest.approx(right, rel=1e-4)


@pytest.mark.parametrize("excitons", [0.01, 1.0, 30.0])
def test_photoluminescence_without_a_laser(excitons: float) -> None:
    """The radiative share of every carrier on its way to rest, int R_rad / R dN: 1e-3; nine tenths
    of B N^2 at high density, the 0.2 of A N at low.
    """
    solver = PulseSolver(comb(1e3, 1e-9), LOG, NUMBER, StepControl())
    found = float(solver.outcomes(np.array([excitons])).spontaneous[0])

    def share(x: float) -> float:
        return (0.2e-4 + 2e-4 * x) / (1e-4 + 2e-4 * x + 4e-6 * x**2)

    # what recombines while the carriers cool does so at lower densities: 1 ps of 300
    assert found == pytest.approx(quad(share, 0.0, excitons)[0], rel=1e-3)


def test_beta_is_the_share_of_spontaneous_photons() -> None:
    """Seeds of one mode over all radiative recombination: c / n_g Gamma / (K V) at every density,
    K what a cm^-1 of emission radiates; and in a run without gain, photons in modes over photons
    in all directions: 1e-3.
    """
    modes = comb(1e3)
    model = rate_model(modes, LOG, NUMBER, 1)
    beta = spontaneous_emission_factors(model)
    line = LOG.class_lines([mode.wavelength_nm for mode in modes]).emission[0]
    right = 0.9 * 2.99792458e10 / 4.0 * line / LOG.emitted_per_cm2_s() / VOLUME_CM3
    assert beta == pytest.approx(right / (1.0 + right.sum()), rel=1e-9)


def test_steady_state_of_one_mode() -> None:
    """Density and photons under continuous light against the two balances written out in cm^-3 and
    solved by bisection: 1e-8, what Newton's method promises. Above threshold the density is
    clamped, and every further carrier leaves as a photon.
    """
    mode = LasingMode("TM 40 1 0", 1239.841984332003 / 1.424, 0.9, 4.0, 3000.0, m=40)
    model = rate_model([mode], LOG, NUMBER, 1)
    speed, loss = 0.9 * 2.99792458e10 / 4.0, mode.loss_rate_per_ps * 1e12
    shift = 2e18 / np.expm1(5.0)
    cells = LOG.emitted_per_cm2_s()

    def lost(carriers: float) -> float:
        return 1e8 * carriers + 1e-10 * carriers**2 + 1e-30 * carriers**3

    def photons(carriers: float) -> float:
        """For each cm^3: seed over loss less gain."""
        gain = 1000.0 * np.log((carriers + shift) / (2e18 + shift))
        glow = 0.2 * 1e8 * carriers + 1e-10 * carriers**2
        return speed * glow / cells / VOLUME_CM3 / (loss - speed * gain)

    clamp = (2e18 + shift) * np.exp(loss / speed / 1000.0) - shift
    rates = np.array([0.3, 0.9, 1.2, 3.0]) * lost(clamp) / 2e18 * 1e-12
    found = steady_photons(model, rates)[0]
    for rate, light in zip(rates, found, strict=True):
        fed = rate * 2e18 * 1e12

        def balance(carriers: float, fed: float = fed) -> float:
            return lost(carriers) + loss * photons(carriers) - fed

        right = photons(brentq(balance, 1e10, clamp * (1.0 - 1e-15), xtol=1e3, rtol=1e-15))
        assert light * 2e18 == pytest.approx(right, rel=1e-5 if fed > lost(clamp) else 1e-8)
    above = (found[3] - found[2]) * mode.loss_rate_per_ps / (rates[3] - rates[2])
    assert above == pytest.approx(1.0, abs=2e-3)


def test_steady_density_without_light() -> None:
    """A x + b x^2 + c x^3 = P, by the roots of the cubic: 1e-12."""
    ladder = LOG.ladder(1)
    rates = np.array([1e-6, 3e-4, 0.1])
    zero = np.zeros(3)
    found = ladder.steady_level(rates, zero, zero, zero)
    for rate, level in zip(rates, found, strict=True):
        roots = np.roots([4e-6, 2e-4, 1e-4, -rate])
        assert level == pytest.approx(roots[np.abs(roots.imag) < 1e-9].real.max(), rel=1e-9)


def test_a_crystal_lases_under_continuous_light() -> None:
    """Gain = loss where the clamped density recombines, and light above it."""
    pump = Pump(kind="continuous", photons=1, wavelength_nm=800.0, power_uw=(10.0, 1e5))
    found = predict_continuous(comb(3e3), LOG, pump, LasingRequest(comb_phases=4, fluences=12), 5.0)
    static, threshold = found.thresholds.gain_equals_loss, found.thresholds.lasing
    assert static is not None and threshold is not None
    assert 0.95 < threshold / static < 1.1
    assert found.balance_error < 1e-6
    assert found.slope_efficiency is not None and 0.7 < found.slope_efficiency < 1.0


def test_a_crystal_lases() -> None:
    """A prediction as of any medium: gain = loss before the threshold, light that clamps the
    density, a slope of the output above the photoluminescence's.
    """
    pump = Pump(photons=1, wavelength_nm=800.0, fluence_mj_cm2=(0.01, 1.0))
    found = predict_lasing(comb(3e3), LOG, pump, LasingRequest(comb_phases=4, fluences=12), 10.0)
    static, threshold = found.thresholds.gain_equals_loss, found.thresholds.lasing
    assert static is not None and threshold is not None
    assert 1.0 < threshold / static < 1.5
    assert found.balance_error < 1e-6
    assert found.thresholds.steepest_slope is not None and found.thresholds.steepest_slope > 5.0
