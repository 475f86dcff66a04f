"""What a measurement would tell, against the algebra of normal distributions; signs that an answer
is not to be believed."""

from __future__ import annotations

import numpy as np
import pytest

from cavitydesign.calibrate.answer import CurveFit, FigureFit
from cavitydesign.calibrate.calibration_spec import FreeNumber, MeasuredCavity
from cavitydesign.calibrate.layout import Layout, Unknown
from cavitydesign.calibrate.posterior.doubts import doubts_of_figures
from cavitydesign.calibrate.posterior.next_measurement import (
    advice_of,
    curve_to_measure,
    spectrum_to_measure,
)
from cavitydesign.calibrate.posterior.number_doubts import (
    doubts_of_ends,
    doubts_of_scale,
    doubts_of_sessions,
)
from cavitydesign.calibrate.posterior.prior import Prior
from cavitydesign.calibrate.samples import samples_csv

NOISE, STEP = 0.05, 0.08


def test_a_spectrum_tells_what_changes_the_ratios_of_its_lines():
    """Three lines exp(-a x^2 + b x), of which the third is too faint; b has a prior of 1. The unit
    of the light is unknown: what both lines share tells nothing, and their ratio has twice the
    variance of one."""
    draws = np.random.default_rng(4).standard_normal(4000)
    log_light = np.stack([np.zeros(4000), 0.2 * draws - 1.0, np.full(4000, -9.0)], axis=1)
    light = np.exp(log_light)
    shares = light / light.sum(axis=1, keepdims=True)
    measured = spectrum_to_measure("lines", shares, shares, 0.02, NOISE)
    assert measured.log_light.shape[1] == 2
    assert np.abs(measured.slope).max() == 0.0
    found = advice_of("asked", np.exp(0.1 * draws), [measured], 0.07)
    variance = 2.0 * NOISE**2
    # the covariance of 4000 draws is known to 2 %
    right = np.sqrt(variance / (variance + 0.2**2))
    assert found.candidates[0].share_left == pytest.approx(right, rel=0.05)


def test_what_a_curve_leaves_is_the_inverse_of_the_fisher_information():
    """Light and threshold linear in three constants of prior 1: the posterior covariance is
    (1 + J' S^-1 J)^-1, with the unknown scale of each curve and the fluence scale in S."""
    rng = np.random.default_rng(3)
    draws = rng.standard_normal((3000, 3))
    places = np.linspace(0.0, 1.0, 20)
    middle = 5.0 * places**2  # of ln L; its slope is what the fluence scale multiplies
    slopes = {"steep": [0.2, 0.4, 0.0], "flat": [0.1, 0.0, 0.02], "both alike": [0.2, 0.41, 0.0]}
    jacobians = {
        name: np.stack([a * places, b * places**2, c * np.sin(9 * places)])
        for name, (a, b, c) in slopes.items()
    }
    target = np.array([0.05, 0.02, 0.04])
    scale_sd = 0.07
    measurements = [
        curve_to_measure(name, middle + draws @ jacobian, STEP, NOISE)
        for name, jacobian in jacobians.items()
    ]
    constants = {"first": draws[:, 0], "third": draws[:, 2]}
    found = advice_of("asked", np.exp(draws @ target), measurements, scale_sd, constants)

    def left(names):
        information = np.eye(3)
        for name in names:
            error = NOISE**2 * np.eye(20) + 100.0
            error += scale_sd**2 * np.outer(*[np.gradient(middle, STEP)] * 2)
            information += jacobians[name] @ np.linalg.solve(error, jacobians[name].T)
        covariance = np.linalg.inv(information)
        return [np.sqrt(target @ covariance @ target / (target @ target))] + [
            np.sqrt(covariance[k, k]) for k in (0, 2)
        ]

    for each in (*found.candidates, *found.together):
        told = [each.share_left, each.constants_left["first"], each.constants_left["third"]]
        # 3000 draws: their covariances are known to 2 %.
        assert told == pytest.approx(left(each.name.split(" and ")), rel=0.05), each.name
    shares = [each.share_left for each in (*found.candidates[:1], *found.together)]
    assert shares == sorted(shares, reverse=True)
    assert found.sd_now == pytest.approx(np.sqrt(target @ target), rel=0.04)
    # the second steep curve tells less of the rest than the flat one
    assert "flat" in found.together[0].name


def test_sessions_that_pull_apart_are_told_though_neither_is_far_from_one():
    # 8 % up and 8 % down: each 1.1 standard deviations, their ratio 1.6 of the two together
    assert doubts_of_sessions({"May": (1.08, 0.07), "June": (0.92, 0.07)}) == []
    told = doubts_of_sessions({"May": (1.12, 0.07), "June": (0.90, 0.07)})
    assert "sessions May and June disagree" in told[0]


def test_a_number_that_leans_on_the_end_of_its_range_is_told():
    """The middle of the range and draws of the prior are not; nor are the tails of a normal prior."""
    wide = Prior("log-uniform", 0.005, 0.2)
    names = {"a": wide, "b": wide, "c": wide, "d": Prior("normal", 1.0, 0.1)}
    layout = Layout(tuple(Unknown(name, prior, name) for name, prior in names.items()))
    scatter = np.random.default_rng(1).standard_normal((2000, 4))
    z = scatter * (0.4, 0.3, 1.0, 0.3) + (-2.0, 0.5, 0.0, 3.0)
    told = doubts_of_ends(layout, z)
    assert len(told) == 1
    assert told[0].startswith("a leans on the end of its range, 0.005")
    assert "0.2" in doubts_of_ends(layout, -z)[0]


@pytest.mark.parametrize(
    ("predicted", "words"),
    [
        ((2.9, 2.95, 3.0, 3.05, 3.1), ""),
        ((2.0, 2.05, 2.1, 2.15, 2.2), "it predicts 2.1"),
        ((np.inf,) * 5, "it shows no breaks"),
    ],
)
def test_a_figure_that_no_curve_comes_near_is_told(predicted, words):
    figure = FigureFit("upper_break_mj_cm2", 3.0, 0.1, predicted)
    curve = CurveFit("a", *(None,) * 5, (1.0,) * 5, 1.0, None, None, (figure,))
    told = doubts_of_figures(curve)
    assert bool(told) == bool(words)
    if words:
        assert words in told[0]


def test_a_cavity_that_was_not_measured_has_numbers_of_its_own():
    prior = Prior("normal", 24.0, 4.0)
    layout = Layout((Unknown("gain.x", prior, "gain.x"), Unknown("q of a", prior, "q", "a")))
    numbers = [FreeNumber("gain.x", prior), FreeNumber("q", prior, "cavity")]
    known, new = (MeasuredCavity(name, {}, "session") for name in ("a", "b"))
    wider = layout.with_others(numbers, [known, new])
    assert [each.name for each in wider.unknowns] == ["gain.x", "q of a", "q of b"]
    assert wider.keys_of(new) == {"gain.x": 0, "q": 2}


def test_draws_for_other_designs_hold_the_prior_of_what_each_cavity_has_of_its_own():
    answer = {
        "constants": [{"key": "gain.x", "name": "gain.x"}, {"key": "q", "name": "q of a"}],
        "draws": {"values": [[1.0, 20.0], [2.0, 21.0]], "unmeasured": {"q": [24.0, 28.0]}},
    }
    assert samples_csv(answer) == "gain.x,q\n1,24\n2,28\n"


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_right_sessions_are_accused_as_seldom_when_there_are_many(count: int) -> None:
    """Scales drawn from what each session states and known exactly: a third of right calibrations
    of five sessions were accused at two standard deviations for each.
    """
    rng, tried, sd = np.random.default_rng(count), 1000, 0.07
    accused = 0
    for _ in range(tried):
        drawn = np.exp(np.log1p(sd) * rng.standard_normal(count))
        scales = {f"day {n}": (float(scale), sd) for n, scale in enumerate(drawn)}
        alone = [doubts_of_scale(name, scale, sd, count) for name, (scale, _) in scales.items()]
        accused += any(alone) or bool(doubts_of_sessions(scales))
    # 4.6 % for the scales and as much for the pairs, and three standard deviations of the count
    most = 0.0455 * (1 if count == 1 else 2)
    assert accused / tried < most + 3.0 * (most / tried) ** 0.5


def test_one_of_five_sessions_that_is_far_off_is_told() -> None:
    """A power meter read 1.3 times too high."""
    scales = {f"day {n}": (1.0, 0.07) for n in range(4)} | {"wrong": (1.3, 0.07)}
    assert len(doubts_of_scale("wrong", 1.3, 0.07, 5)) == 1
    assert doubts_of_sessions({"a": (1.15, 0.07), "b": (0.97, 0.07), "c": (1.0, 0.07)}) == []
    assert len(doubts_of_sessions({**scales, "wrong": (1.35, 0.07)})) == 4
