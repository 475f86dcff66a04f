"""Laser spectra as data of a calibration: what a spectrometer sees, which mode a line is, and the
likelihood of ratios and of what was not seen.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import cavitydesign as cd
from cavitydesign.calibrate.calibration_spec import (
    Calibration,
    Figure,
    FreeNumber,
    MeasuredCavity,
    MeasuredSpectrum,
)
from cavitydesign.calibrate.layout import layout_of
from cavitydesign.calibrate.light import Light
from cavitydesign.calibrate.posterior.doubts import (
    chance_of_runs,
    contradictions_of_spectrum,
    doubts_of_spectrum,
)
from cavitydesign.calibrate.posterior.likelihood import Comparison
from cavitydesign.calibrate.posterior.prior import Prior
from cavitydesign.calibrate.posterior.student import POINT_WORTH
from cavitydesign.calibrate.pulses import evaluate_pulses, modes_of
from cavitydesign.calibrate.setup import prepare
from cavitydesign.calibrate.spectra.share_emulator import fit_shares
from cavitydesign.calibrate.spectra.smooth_misfit import chance_of_smooth
from cavitydesign.calibrate.spectra.spectrum_agreement import SpectrumFit
from cavitydesign.calibrate.spectra.spectrum_comparison import SpectrumComparison
from cavitydesign.calibrate.spectra.spectrum_lines import prepare_spectrum
from cavitydesign.calibrate.work import fine_light
from cavitydesign.errors import InputError

HOME = Path(__file__).parents[3]
MODES = tuple((f"TM {m} 1 0", 600.0 - 2.0 * (m - 60)) for m in range(60, 66))


def spectrum(light, modes=("", "", ""), wavelength=(596.0, 598.1, 599.9), **more):
    given = {"floor": 1e-3, "model_error": 0.0, "file": "lines.csv"} | more
    return MeasuredSpectrum(
        "ball at 2 mJ/cm2", 2.0, np.array(wavelength), modes, np.array(light), **given
    )


def test_shares_are_those_of_the_averaged_output_of_a_prediction():
    """A prediction averages every mode's light over spot and jitter by itself; here shares are
    averaged, weighed by the light of all."""
    design = cd.load_design(HOME / "studies" / "calibration" / "15um.toml").with_values(
        {"pump.energy_jitter": 0.04, "gain.peak_gain_per_cm": 1500.0}
    )
    right = cd.predict_lasing(cd.find_modes(design), design)
    free = (FreeNumber("gain.laser_collection", Prior("log-normal", 0.02, 1.5)),)
    names = [label for label, _ in modes_of(design)]
    assert names == [mode.label for mode in right.modes]
    one = spectrum(np.ones(2), ("", ""), (1.0, 1.0))
    empty = replace(one, light=np.zeros(0), modes=(), wavelength_nm=np.zeros(0))
    spectra = [replace(empty, fluence_mj_cm2=f) for f in (3.0, 4.0)]
    cavity = MeasuredCavity("15 um", design.raw, "session", None, spectra=tuple(spectra))
    asked = Calibration("x", (cavity,), free, {}, 8, 32, 0, HOME, HOME)
    layout = layout_of(asked)
    ready = prepare(asked, layout, cavity)
    found = evaluate_pulses(design.raw, ready.grid.task, HOME)
    dark = [0.0] * ready.grid.count
    shares = np.array([[found["shares"].get(label, dark) for label, _ in ready.modes]])
    light = Light(
        np.log([found["laser"]]),
        np.log([found["glow"]]),
        np.log([found["static_excitons"]]),
        np.log([found["least_efficiency"]]),
        shares,
    )
    compared = Comparison(ready, float(ready.grid.log_excitons[0]), layout)
    for fluence in (3.0, 4.0):
        seen = compared.shares(np.zeros((1, len(layout))), fine_light(ready, light), fluence)[0]
        output = np.array(
            [
                np.interp(fluence, right.fluence_mj_cm2, row)
                for row in right.mode_output / right.mode_output.sum(axis=0)
            ]
        )
        bright = output > 2e-3 * output.max()
        assert bright.sum() >= 2
        # pulses lie 0.1 apart in ln N, fluences of the prediction 2.6 %: 1 % of a line
        assert np.log(seen[bright] / output[bright]) == pytest.approx(0.0, abs=0.015)
    assert seen.sum() == pytest.approx(1.0, abs=1e-5)


def test_lines_find_their_modes_by_wavelength_or_by_name():
    by_wavelength = prepare_spectrum(spectrum([1.0, 2.0, 3.0]), MODES)
    assert by_wavelength.line_labels == ("TM 62 1 0", "TM 61 1 0", "TM 60 1 0")
    names = ("TM 62 1 0", "", "TM 60 1 0")
    # a named line may lie anywhere
    by_name = prepare_spectrum(spectrum([1.0, 2.0, 3.0], names, (500.0, 598.1, np.nan)), MODES)
    assert np.array_equal(by_name.line_of, by_wavelength.line_of)
    assert by_name.unseen.tolist() == [3, 4, 5]
    near = prepare_spectrum(spectrum([1.0, 2.0, 3.0], range_nm=(591.0, 601.0)), MODES)
    assert near.unseen.tolist() == [3, 4]
    twin = (*MODES, ("TE 70 1 0", 598.03), ("TE 71 1 0", 594.8))
    joined = prepare_spectrum(spectrum([1.0, 2.0, 3.0]), twin)
    assert joined.line_labels[1] == "TM 61 1 0 + TE 70 1 0"
    assert [twin[index][0] for index in joined.unseen][-1] == "TE 71 1 0"


@pytest.mark.parametrize(
    ("modes", "wavelength", "words"),
    [
        (("", "", ""), (596.0, 599.1, 599.9), "the nearest mode of the design is TM 60 1 0"),
        (("", "", ""), (596.0, 599.8, 600.1), "two lines are the mode TM 60 1 0"),
        (("TM 6 1 0", "", ""), (596.0, 598.0, 600.0), "none of the design's"),
    ],
)
def test_lines_that_are_no_modes_are_refused_in_one_line(modes, wavelength, words):
    with pytest.raises(InputError, match=r"lines\.csv") as error:
        prepare_spectrum(spectrum([1.0, 2.0, 3.0], modes, wavelength), MODES)
    assert len(error.value.problems) == 1
    assert words in str(error.value)


def compared(one):
    cavity = MeasuredCavity("ball", {}, "session", spectra=(one,))
    free = (FreeNumber("gain.peak_gain_per_cm", Prior("log-normal", 1000.0, 1.5)),)
    layout = layout_of(Calibration("x", (cavity,), free, {}, 8, 32, 0, HOME, HOME))
    return SpectrumComparison(prepare_spectrum(one, MODES), layout), len(layout)


SHARES = np.array([[0.5, 0.3, 0.19, 0.0099, 1e-4, 1e-5], [0.6, 0.3, 0.09, 0.0099, 1e-4, 1e-5]])


def test_the_likelihood_of_ratios_is_students_t_with_the_common_factor_integrated():
    """The factor a of all lines has a flat prior in its logarithm: the likelihood is the integral
    over a of the product of t((d_i - a) / s) / s, each to the power that a line counts. In its
    place stands the value at the best a, times s: the same up to the shape of the peak."""
    light = 37.0 * SHARES[0, [2, 1, 0]] * np.exp([0.05, -0.08, 0.02])
    one, size = compared(spectrum(light, floor=0.9))
    z = np.zeros((2, size))
    level = one.log_likelihood(z, SHARES)
    places = np.linspace(2.0, 5.0, 30001)

    def right(shares):
        off = np.log(light) - np.log(shares[[2, 1, 0]])
        density = stats.t(4.0, places[:, None], 0.05).pdf(off) ** POINT_WORTH
        below = stats.t(4.0).cdf(
            (np.log(0.9) - np.log(shares[3:])[None, :] - places[:, None]) / 0.05
        )
        return np.log((density.prod(axis=1) * below.prod(axis=1)).sum())

    # the modes not seen lie far below the floor in both: only the ratios differ
    assert level[1] - level[0] == pytest.approx(right(SHARES[1]) - right(SHARES[0]), abs=0.3)
    assert level[1] < level[0] - 5.0
    # neither the unit of the light nor what part of it is collected matters
    other, _ = compared(spectrum(1e6 * light, floor=0.9e6))
    assert other.log_likelihood(z, SHARES) == pytest.approx(level, abs=1e-9)


def test_a_mode_that_was_not_seen_counts_with_the_chance_to_lie_below_the_floor():
    light = SHARES[0, [2, 1, 0]]
    one, size = compared(spectrum(light, floor=0.0099))
    far, _ = compared(spectrum(light, floor=0.15))
    z = np.zeros((1, size))
    at_floor = one.log_likelihood(z, SHARES[:1]) - far.log_likelihood(z, SHARES[:1])
    # one mode lies at the floor: half of such would be seen; the others far below
    assert at_floor[0] == pytest.approx(np.log(0.5), abs=1e-3)
    bright, _ = compared(spectrum(light, floor=0.0099 / np.exp(0.5)))
    chance = stats.t(4.0).cdf(-0.5 / 0.05)
    lost = bright.log_likelihood(z, SHARES[:1]) - far.log_likelihood(z, SHARES[:1])
    assert lost[0] == pytest.approx(np.log(chance), abs=1e-2)


def test_the_centre_of_a_spectrum_is_weighed_by_the_light():
    none = np.zeros(0)
    one, size = compared(spectrum(none, (), none, centre_nm=Figure(598.6, 0.2), floor=1.0))
    centre = SHARES @ np.array([wavelength for _, wavelength in MODES]) / SHARES.sum(axis=1)
    level = one.log_likelihood(np.zeros((2, size)), SHARES)
    assert level == pytest.approx(-0.5 * ((centre - 598.6) / 0.2) ** 2, rel=1e-9)


def test_emulated_shares_are_those_of_a_comb_that_moves_with_its_constants():
    """Shares exp(-((x - c) / w)^2) whose centre moves with ln N over gain = loss, which itself
    moves with the constants."""
    rng = np.random.default_rng(2)
    grid = -2.0 + 0.1 * np.arange(50)
    x = np.linspace(-3.0, 3.0, 13)

    def shares(z):
        start = 0.3 * z[:, 0]
        centre = 0.4 * z[:, 1][:, None] + 0.5 * np.tanh(grid[None, :] - start[:, None])
        light = np.exp(-((x[None, :, None] - centre[:, None, :]) ** 2))
        return start, light / light.sum(axis=1, keepdims=True)

    z, test = rng.standard_normal((120, 2)), 0.7 * rng.standard_normal((40, 2))
    start, light = shares(z)
    emulator = fit_shares(np.column_stack([z, start]), start, grid, light)
    start, right = shares(test)
    found = emulator(np.column_stack([test, start]), start)
    seen = right > 2e-3
    # in ln N shares are straight between points 0.1 apart
    assert np.sqrt(np.mean(np.log(found[seen] / right[seen]) ** 2)) < 0.01


def fit(residual, unseen=()):
    count = len(residual)
    return SpectrumFit(
        "ball at 2 mJ/cm2",
        2.0,
        ("",) * count,
        np.arange(count) + 500.0,
        np.ones(count),
        np.ones((5, count)),
        np.asarray(residual),
        0.05,
        0.05,
        0.07,
        0.01,
        unseen,
        0.05,
        2,
    )


def test_lines_that_deviate_alike_and_a_bright_mode_that_was_not_seen_are_told():
    noise = 0.05 * np.random.default_rng(0).standard_normal(16)
    assert not contradictions_of_spectrum(fit(noise))
    wave = 0.15 * np.sin(np.linspace(0.0, 9.0, 16))
    assert "another shape" in contradictions_of_spectrum(fit(noise + wave))[0]
    told = contradictions_of_spectrum(fit(noise, (("TM 60 1 0", 600.0, 0.02),)))
    assert "2 times as bright as the detection floor" in told[0]
    assert not contradictions_of_spectrum(fit(noise, (("TM 60 1 0", 600.0, 0.011),)))


def test_several_spectra_are_judged_together():
    """What one right spectrum of 25 leaves is no sign against ten of them."""
    wave = 0.15 * np.sin(np.linspace(0.0, 9.0, 16))
    noise = 0.05 * np.random.default_rng(0).standard_normal(16)
    alone = [
        size
        for size in np.arange(0.0, 2.0, 0.05)
        if contradictions_of_spectrum(fit(noise + size * wave))
    ]
    among_ten = [
        size
        for size in np.arange(0.0, 2.0, 0.05)
        if contradictions_of_spectrum(fit(noise + size * wave), 10)
    ]
    assert 0.2 < min(alone) < min(among_ten) < 1.5, (min(alone), min(among_ten))


def test_lines_that_scatter_eight_times_more_than_stated_contradict_the_model():
    """Labels one mode off leave six lines that no run of signs tells: their scatter lies three
    standard deviations, a factor of two each, from its prior."""
    lines = fit(0.3 * np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0]))
    assert not contradictions_of_spectrum(replace(lines, scatter=7.9 * 0.05))
    assert "7.9 times more" in doubts_of_spectrum(replace(lines, scatter=7.9 * 0.05))[0]
    told = contradictions_of_spectrum(replace(lines, scatter=8.1 * 0.05))
    assert "8.1 times more than the stated 0.05" in told[0]
    # once, not twice
    assert not doubts_of_spectrum(replace(lines, scatter=8.1 * 0.05))


def test_right_lines_are_accused_as_often_as_is_said_whatever_noise_was_stated():
    """Residuals of scatter alone, of which the constants take the first two orders: the chance of a
    right model is below 2 % in 2 % of cases. Where the true scatter is 1.5 times that stated, the
    rest of the residuals tells so, and no more than twice as many are accused."""
    rng = np.random.default_rng(3)
    x = np.linspace(530.0, 545.0, 20)
    axes, _ = np.linalg.qr(np.vander(x - x.mean(), 3, increasing=True))
    told = {}
    for sd in (0.0707, 0.1):
        noise = sd * rng.standard_normal((1500, 20))
        left = noise - noise @ axes @ axes.T
        told[sd] = np.mean([chance_of_smooth(x, r, 0.05, 0.05, 2) < 0.02 for r in left])
    # 1500 cases: 0.02 is known to 0.004
    assert told[0.0707] == pytest.approx(0.02, abs=0.012)
    assert told[0.1] < 0.05


def test_a_smooth_misfit_is_told_by_its_size_where_ranks_do_not_tell_it():
    """The lines of one made-up laboratory with Lorentzian lines: ranks of neighbours had a chance of
    0.14, though the last three lines lie 41 to 163 % above the model."""
    percent = [17, 11, -5, 5, -5, 3, -2, 0, 20, -11, -11, -3, 3, 0, -10, 0, -11, 3, -2, -2, 9, -9]
    residual = 0.01 * np.array([*percent, -17, -1, 41, 106, 163])
    assert chance_of_runs(residual) > 0.1
    assert chance_of_smooth(np.arange(27.0), residual, 0.05, 0.05, 2) < 1e-6
    assert "follow each other over the wavelengths" in contradictions_of_spectrum(fit(residual))[0]
