"""The parts of a calibration, each against what it must equal: priors, the detector's averages,
weights, and the test of residuals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, optimize, stats
from scipy.interpolate import PchipInterpolator

import cavitydesign as cd
from cavitydesign.calibrate.answer import CurveFit
from cavitydesign.calibrate.calibration_spec import Calibration, FreeNumber, MeasuredCavity
from cavitydesign.calibrate.detector import STEP, fine_grid, over_jitter, over_spot
from cavitydesign.calibrate.figures import Seen, curve_figures
from cavitydesign.calibrate.layout import layout_of
from cavitydesign.calibrate.light import Light
from cavitydesign.calibrate.posterior import importance
from cavitydesign.calibrate.posterior.doubts import (
    chance_of_runs,
    contradictions_of_curve,
    doubts_of_curve,
)
from cavitydesign.calibrate.posterior.emulator import fit_emulator
from cavitydesign.calibrate.posterior.prior import Prior, prior_of
from cavitydesign.calibrate.posterior.reweigh import RELIABLE_SHAPE, resampled, smoothed_weights
from cavitydesign.calibrate.posterior.sampler import laplace, sample
from cavitydesign.calibrate.posterior.student import DEGREES, POINT_WORTH
from cavitydesign.calibrate.pulses import (
    evaluate_pulses,
    grid_of_task,
    grid_over,
    pump_and_detector,
)
from cavitydesign.calibrate.setup import prepare
from cavitydesign.calibrate.work import Work, fine_light
from cavitydesign.errors import InputError
from cavitydesign.gain import Pump
from cavitydesign.lasing.pumped.averaging import averaged
from cavitydesign.study import SerialExecutor

QUICKSTART = Path(__file__).parents[3] / "studies" / "quickstart" / "design.toml"
PRIORS = (
    Prior("normal", 24.0, 4.0),
    Prior("log-normal", 1000.0, 1.6),
    Prior("uniform", 1.0, 33.0),
    Prior("log-uniform", 0.002, 0.5),
)


@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: prior.shape)
def test_a_prior_maps_normal_numbers_and_back(prior):
    z = np.linspace(-3.0, 3.0, 25)
    assert prior.standard(prior.value(z)) == pytest.approx(z, abs=1e-8)
    assert np.all(np.diff(prior.value(z)) > 0)


def test_priors_have_the_distribution_that_they_name():
    z = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    right = (
        stats.norm(24.0, 4.0),
        stats.lognorm(np.log(1.6), scale=1000.0),
        stats.uniform(1.0, 32.0),
        stats.loguniform(0.002, 0.5),
    )
    for prior, distribution in zip(PRIORS, right, strict=True):
        # Quantiles of the map against those of the distribution: both are exact.
        assert prior.value(z[::500]) == pytest.approx(
            distribution.ppf(stats.norm.cdf(z[::500])), rel=1e-9
        )


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"value": 1.0, "sd": 0.0}, "sd = 0: must be above 0"),
        ({"median": 1.0, "factor": 0.9}, "factor above 1"),
        ({"from": 2.0, "to": 1.0}, "must be less than"),
        ({"from": 0.0, "to": 1.0, "spacing": "geometric"}, "must be above 0"),
        ({"valu": 1.0, "sd": 1.0}, "did you mean 'value'"),
        ({"value": "x", "sd": 1.0}, "must be a finite number"),
        (3.0, "must be {"),
    ],
)
def test_an_impossible_prior_is_refused_in_one_line(entry, words):
    with pytest.raises(InputError, match=r"gain\.x") as error:
        prior_of(entry, "gain.x")
    assert words in str(error.value)
    assert len(error.value.problems) == 1


def bent_light(log_excitons):
    """A light curve with a sharp bend: d ln L / d ln N rises from 1 to 15 and falls to 0.5."""
    steep = 14.0 * 0.1 * np.logaddexp(0.0, (log_excitons - 0.0) / 0.1)
    flat = 14.5 * 0.1 * np.logaddexp(0.0, (log_excitons - 0.5) / 0.1)
    return log_excitons + steep - flat


@pytest.mark.parametrize("photons", [1, 3])
@pytest.mark.parametrize("jitter", [0.0, 0.05, 0.15])
def test_the_averages_of_many_candidates_are_those_of_one_curve(photons, jitter):
    pump = Pump(photons=photons, energy_jitter=jitter)
    grid = fine_grid(np.linspace(-6.0, 6.0, 121))
    places = np.linspace(-1.5, 2.0, 15)
    light = np.array([bent_light(grid)])
    seen = over_jitter(over_spot(light), grid[0], places[None], np.array([jitter]), photons)[0]
    # The same curve through the average that predictions use, by single pulses 0.01 apart.
    nodes = np.linspace(-6.0, 6.0, 1201)
    right = averaged(
        pump, np.exp(nodes / photons), np.exp(bent_light(nodes)), np.exp(places / photons)
    )
    # Places 0.02 apart with straight lines between them: 0.5 % where the slope bends by 14 in 0.2.
    assert np.exp(seen) == pytest.approx(right, rel=5e-3)
    assert pytest.approx(0.02) == STEP


def test_the_grid_of_a_task_is_read_back_and_covers_what_was_asked():
    grid = grid_over(-3.47, 2.21)
    assert grid_of_task(grid.task) == grid
    assert grid.log_excitons[0] <= -3.47
    assert grid.log_excitons[-1] >= 2.21


def test_weights_of_a_near_proposal_are_reliable_and_unbiased():
    z = np.random.default_rng(1).standard_normal(4000)
    target = stats.norm(0.3, 0.9)
    weights = smoothed_weights(target.logpdf(z) - stats.norm.logpdf(z))
    assert weights.shape < RELIABLE_SHAPE
    mean = float((weights.share * z).sum())
    # 3 standard errors of an effective size of about 3,500.
    assert mean == pytest.approx(0.3, abs=3 * 0.9 / np.sqrt(weights.effective_size))
    drawn = z[resampled(weights, 4000, 0)]
    assert drawn.mean() == pytest.approx(mean, abs=0.01)


def test_weights_of_a_proposal_that_misses_the_target_are_not_trusted():
    z = np.random.default_rng(2).standard_normal(400)
    weights = smoothed_weights(stats.norm(4.0, 1.0).logpdf(z) - stats.norm.logpdf(z))
    assert weights.shape > RELIABLE_SHAPE
    assert weights.effective_size < 10


def test_the_pareto_shape_of_known_tails_is_found():
    # Ratios of a generalised Pareto distribution of shape k have tails of shape k; the weak prior
    # towards 0.5 and 135 tail points leave 0.15.
    for shape in (0.2, 0.5, 0.9):
        ratio = stats.genpareto(shape).rvs(2000, random_state=np.random.default_rng(3)) + 1e-3
        assert smoothed_weights(np.log(ratio)).shape == pytest.approx(shape, abs=0.2)


def banana(z):
    """A correlated normal with means 0.5, -1 and a correlation of 0.9."""
    covariance = np.array([[0.04, 0.054], [0.054, 0.09]])
    return np.atleast_1d(stats.multivariate_normal([0.5, -1.0], covariance).logpdf(z))


def never_enough(monkeypatch):
    """Importance sampling that is not content: the answer is left to emcee."""
    monkeypatch.setattr(importance, "_WORTH", 1e9)


@pytest.mark.parametrize(
    "prepare", [lambda monkeypatch: None, never_enough], ids=["importance", "emcee"]
)
def test_either_sampler_finds_a_correlated_posterior(prepare, monkeypatch):
    prepare(monkeypatch)
    draws = sample(banana, 2, 0)
    assert draws.settled
    assert draws.worth > 600
    # 600 independent draws: means to 4 % of the widths, widths to 3 %, both twice over.
    assert draws.z.mean(axis=0) == pytest.approx([0.5, -1.0], abs=0.025)
    assert draws.z.std(axis=0) == pytest.approx([0.2, 0.3], rel=0.08)
    assert np.corrcoef(draws.z.T)[0, 1] == pytest.approx(0.9, abs=0.03)


def test_importance_sampling_covers_a_bent_posterior_of_many_numbers():
    """z1 = z0^2 / 2 within 0.1, in ten dimensions: of z0 the prior is left, times the share of the
    prior of z1 that the bend meets, exp(-z0^4 / 8)."""

    def bent(z):
        return -0.5 * (z**2).sum(axis=1) - 0.5 * ((z[:, 1] - 0.5 * z[:, 0] ** 2) / 0.1) ** 2

    cloud = importance.importance_cloud(bent, 10, 0)
    assert cloud.reliable
    x = np.linspace(-4.0, 4.0, 801)
    right = np.exp(-0.5 * x**2 - 0.5 * (0.5 * x**2) ** 2 / 1.01)
    sd = np.sqrt((right * x**2).sum() / right.sum())
    assert np.sqrt(cloud.share @ cloud.z[:, 0] ** 2) == pytest.approx(sd, rel=0.06)
    assert cloud.share @ cloud.z[:, 5] ** 2 == pytest.approx(1.0, rel=0.12)


def test_least_squares_give_the_same_of_a_normal_posterior():
    found = laplace(banana, np.zeros(2))
    assert found.best == pytest.approx([0.5, -1.0], abs=2e-3)
    # A curvature below that of the prior is raised to it; these are above.
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx([0.2, 0.3], rel=0.02)


def test_an_emulator_gives_smooth_curves_back():
    rng = np.random.default_rng(0)
    z = rng.standard_normal((120, 2))
    grid = np.linspace(-2.0, 2.0, 41)
    laser = np.tanh(grid[None, :] - 0.5 * z[:, :1]) * (2.0 + 0.3 * z[:, 1:])
    glow = grid[None, :] + 0.1 * z[:, :1] ** 2
    static = np.where(z[:, 0] < 1.0, 0.2 * z[:, 0], np.inf)
    light = Light(laser, glow, static, np.full(120, -4.6))
    found = fit_emulator(z[:100], grid, light.taken(np.arange(100))).curves(z[100:])
    for right, curve in ((laser, found.laser), (glow, found.glow)):
        assert np.median(np.abs(curve[:, :: round(0.1 / STEP)] - right[100:])) < 5e-3
    reached = np.isfinite(static[100:])
    assert found.log_static[reached] == pytest.approx(static[100:][reached], abs=0.01)


def test_an_emulator_follows_a_step_that_moves_with_the_constants():
    """Light of the closed formula, with d ln L / d ln r of 16 where gain equals loss: 100 solves of
    constants that move that place by a factor of six either way. Curves taken as they stand were
    4.5 % off (median of the root mean square of each), those shifted to their own place 0.4 %; the
    bound is twice the latter.
    """
    rng = np.random.default_rng(0)
    z = rng.standard_normal((150, 3))
    grid = np.arange(-40, 41) * 0.1
    static = 0.5 * z[:, 0] + 0.2 * z[:, 1] + 0.1 * z[:, 0] * z[:, 1]
    beta = 10.0 ** (-3.0 + 0.3 * z[:, 2:])
    r = np.exp(grid[None, :] - static[:, None])
    root = np.sqrt((r - 1.0) ** 2 + 4.0 * beta * r)
    laser = np.log(np.where(r > 1.0, 0.5 * (r - 1.0 + root), 2.0 * beta * r / (root - r + 1.0)))
    light = Light(laser, np.broadcast_to(grid, laser.shape).copy(), static, static)
    found = fit_emulator(z[:100], grid, light.taken(np.arange(100))).curves(z[100:])
    right = PchipInterpolator(grid, laser[100:], axis=1)(fine_grid(grid))
    assert np.median(np.sqrt(((found.laser - right) ** 2).mean(axis=1))) < 0.008
    assert np.median(np.abs(found.glow - fine_grid(grid)).max(axis=1)) < 1e-3
    assert found.log_static == pytest.approx(static[100:], abs=0.02)


def test_residuals_that_follow_each_other_are_noticed_and_noise_is_not():
    rng = np.random.default_rng(0)
    independent = [chance_of_runs(rng.standard_normal(20)) for _ in range(400)]
    # The chance of independent residuals is uniform: 1 % below 0.01, within the scatter of 400.
    assert np.mean(np.array(independent) < 0.05) == pytest.approx(0.05, abs=0.033)
    wave = 0.2 * np.sin(np.linspace(0, 2 * np.pi, 20)) + 0.05 * rng.standard_normal(20)
    curve = CurveFit("a", None, None, None, None, wave, (1.0,) * 5, 1.0, 0.05, 0.05)
    assert "cannot follow the curve" in contradictions_of_curve(curve)[0]
    # points without scatter leave what the interpolation between pulses is off by: no contradiction
    exact = replace(curve, residual=curve.residual * 0.005 / np.abs(curve.residual).max())
    assert contradictions_of_curve(exact) == []
    # and, beside a stated noise of 0.1 %, scatters nine times more: none either
    rounded = replace(exact, scatter=0.009, stated_noise=0.001)
    assert contradictions_of_curve(rounded) == [] == doubts_of_curve(rounded)
    worse = replace(rounded, scatter=0.011)
    assert "11.0 times more than the stated 0.001" in contradictions_of_curve(worse)[0]


def test_a_point_counts_as_much_as_makes_intervals_of_normal_scatter_right():
    """By quadrature over a normal deviation r: the scatter s that Student's t fits to it, and the
    variance of the slope psi of its logarithm over its curvature, which is what an interval must
    be widened by.
    """

    def expected(of):
        return integrate.quad(lambda r: of(r) * stats.norm.pdf(r), -12.0, 12.0)[0]

    def surplus(s):
        return expected(lambda r: (DEGREES + 1.0) * r**2 / (DEGREES * s**2 + r**2)) - 1.0

    s = optimize.brentq(surplus, 0.5, 1.1)
    t = stats.t(DEGREES, scale=s)
    step = 1e-4

    def psi(r):
        return (t.logpdf(r - step) - t.logpdf(r + step)) / (2.0 * step)

    curvature = expected(lambda r: (psi(r + step) - psi(r - step)) / (2.0 * step))
    variance = expected(lambda r: psi(r) ** 2)
    assert curvature == pytest.approx(1.0, abs=1e-5)
    assert curvature / variance == pytest.approx(POINT_WORTH, abs=5e-4)


def test_breaks_and_slopes_of_many_curves_are_those_that_a_prediction_reads_of_one():
    """Real pulses of the quickstart's cavity; breaks and slopes of its prediction."""
    design = cd.load_design(QUICKSTART)
    predicted = cd.predict_lasing(cd.find_modes(design), design)
    pump = pump_and_detector(design)
    grid = grid_over(-4.0, 3.0)
    solved = evaluate_pulses(design.raw, grid.task)
    static = pump.log_per_unit + 3 * np.log(predicted.thresholds.gain_equals_loss)
    assert np.log(solved["static_excitons"]) == pytest.approx(static, abs=1e-9)
    both = np.log([solved["laser"], solved["glow"]])
    fine = PchipInterpolator(grid.log_excitons, both, axis=1)(fine_grid(grid.log_excitons))
    light = Light(fine[:1], fine[1:], np.array([static]), np.log([solved["least_efficiency"]]))
    one = np.ones(1)
    seen = Seen(-4.0, pump.collection * one, pump.jitter * one, 3, pump.gaussian, 24)
    found = curve_figures(seen, light)
    breaks = np.exp((found.breaks[0] - pump.log_per_unit) / 3)
    right = (predicted.breaks.lower_mj_cm2, predicted.breaks.upper_mj_cm2)
    # 80 samples and straight lines between pulses 0.1 apart against 400 and refined ones: 1 %.
    assert breaks == pytest.approx(right, rel=0.01)
    assert 3 * found.slopes[0] == pytest.approx(predicted.breaks.fit.slopes, abs=0.12)
    assert found.visible[0]


def test_a_laser_of_very_high_q_has_the_threshold_of_its_prediction(tmp_path):
    """Of 15 um and Q = 1.5e7 few photons leave, and the least efficiency counts those alone: with
    0.01 for all, calibrations saw no threshold. 1 %: pulses 0.1 apart against refined ones.
    """
    design = cd.load_design(QUICKSTART, {"lasing.quality.per_um": 1e6})
    predicted = cd.predict_lasing(cd.find_modes(design), design).thresholds
    cavity = MeasuredCavity("15 um", design.raw, "session", dark_up_to_mj_cm2=2.0)
    number = FreeNumber("gain.peak_gain_per_cm", Prior("log-normal", 1100.0, 1.5))
    asked = Calibration("q", (cavity,), (number,), {}, 8, 32, 0, tmp_path, QUICKSTART.parent)
    layout = layout_of(asked)
    work = Work(asked, layout, [prepare(asked, layout, cavity)], SerialExecutor())
    z = np.zeros((1, len(layout)))
    light = fine_light(work.ready[0], work.solve("pulses", z)[0].light)
    found = work.comparison(work.ready[0]).threshold_mj_cm2(z, light)[0]
    assert np.exp(light.log_least[0]) == pytest.approx(predicted.least_efficiency, rel=0.02)
    assert found == pytest.approx(predicted.lasing, rel=0.01)


def test_light_that_jumps_stays_light_over_the_spot() -> None:
    """Cubics between the points of a jump by 26 powers of ten swing below zero, whose logarithm is
    none: the average stays between the least and the largest light of its slices.
    """
    log_light = np.where(np.arange(200) < 100, -60.0, 0.0)[None, :]
    with np.errstate(invalid="raise"):
        averaged = over_spot(log_light)
    assert np.isfinite(averaged).all()
    assert averaged.min() >= -60.0 - 1e-9 and averaged.max() <= 0.1
